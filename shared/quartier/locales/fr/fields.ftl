### Ce qui ne va pas dans un champ, selon l’erreur.

field-missing = Merci de remplir ce champ.
field-extra_forbidden = Ce champ n’existe pas.
field-string_type = Merci d’écrire un texte.
field-string_too_short =
    { $min_length ->
        [one] Merci d’écrire au moins un caractère.
       *[other] Merci d’écrire au moins { $min_length } caractères.
    }
field-string_too_long = Merci d’écrire { $max_length } caractères au plus.
field-too_long = Merci d’en donner { $max_length } au plus.
field-enum = Merci de choisir parmi : { $expected }.
field-literal_error = Merci de choisir parmi : { $expected }.
field-date_from_datetime_parsing = Merci d’écrire une date qui existe, par exemple 2027-12-31.
field-turning_sign = Ce texte contient un signe invisible qui en change le sens de lecture. Merci de le retaper.
field-control_character = Ce texte contient un caractère de commande invisible. Merci de le retaper.
