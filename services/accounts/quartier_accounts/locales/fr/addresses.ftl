### Ce qui ne va pas dans une adresse.

field-address_long = Une adresse électronique compte 320 caractères au plus.
field-address_spaces = Une adresse électronique tient sur une ligne, sans espace.
field-address_one = Donnez une seule adresse électronique, comme ada@example.org, sans nom, guillemets ni crochets.
field-address_accents = Les serveurs de courriel n’acceptent pas tous les accents avant le @ ; donnez une adresse sans accents.
field-address_local = Ce qui précède le @ ne peut pas désigner une boîte aux lettres.
field-address_domain = Ce qui suit le @ n’est pas un nom sur internet, comme example.org.
