### La note de publication et d'amélioration. Les phrases sont des messages entiers ; une section sans fait tient en une phrase.

note-title = Note de publication et d'amélioration : { $quarter }
note-draft = Brouillon, calculé à la lecture à partir { $count ->
    [0] d'aucun fait pour l'instant.
    [one] d'un seul fait.
   *[other] de { $count } faits.
}
note-period = Elle raconte ce qui s'est passé du { $first } au { $last }, dans le fuseau { $zone }.
note-nothing = –
note-other-language = { $language ->
    [fr] en français
   *[other] en anglais
}

## Résumé
summary-heading = En cinq phrases
sentence-asked = { $received ->
    [0] Personne n'a demandé de données à la ville.
    [one] La ville a reçu une demande et donné une première lecture à { $looks }.
   *[other] La ville a reçu { $received } demandes et donné une première lecture à { $looks }.
}
sentence-settled = { $settled ->
    [0] Aucune demande n'a été réglée.
    [one] Une demande a été réglée : réponse, refus, retrait ou jeu publié.
   *[other] { $settled } demandes ont été réglées : réponse, refus, retrait ou jeu publié.
}
sentence-published = { $versions ->
    [0] Aucun jeu de données n'a été publié.
    [one] Une version de jeu de données a été publiée { $answered ->
        [0] et n'a répondu à aucune demande.
        [one] et a répondu à une demande : parmi les souhaits exprimés, { $met } sur { $wishes } sont satisfaits.
       *[other] et a répondu à { $answered } demandes : parmi les souhaits exprimés, { $met } sur { $wishes } sont satisfaits.
    }
   *[other] { $versions } versions de jeux de données ont été publiées { $answered ->
        [0] et n'ont répondu à aucune demande.
        [one] et ont répondu à une demande : parmi les souhaits exprimés, { $met } sur { $wishes } sont satisfaits.
       *[other] et ont répondu à { $answered } demandes : parmi les souhaits exprimés, { $met } sur { $wishes } sont satisfaits.
    }
}
sentence-dates = { $acts ->
    [0] Aucune date n'a été promise, déplacée ni dépassée.
   *[other] La ville { $promised ->
        [0] n'a promis aucune date,
        [one] a promis une date,
       *[other] a promis { $promised } dates,
    } en a déplacé { $moved } et en a laissé passer { $passed } ; les déplacements font en tout { $days ->
        [one] { $days } jour.
       *[other] { $days } jours.
    }
}
sentence-told = { $owed ->
    [0] Aucun message n'était dû à une personne ayant fait une demande.
    [one] Un message était dû, { $sent } { $sent ->
        [one] a été envoyé
       *[other] ont été envoyés
    } ; { $unreached ->
        [0] il ne reste personne à joindre autrement.
        [one] un message doit encore atteindre sa lectrice ou son lecteur autrement.
       *[other] { $unreached } messages doivent encore atteindre leurs lecteurs autrement.
    }
   *[other] { $owed } messages étaient dus, { $sent } { $sent ->
        [one] a été envoyé
       *[other] ont été envoyés
    } ; { $unreached ->
        [0] il ne reste personne à joindre autrement.
        [one] un message doit encore atteindre sa lectrice ou son lecteur autrement.
       *[other] { $unreached } messages doivent encore atteindre leurs lecteurs autrement.
    }
}

figures-heading = Les chiffres en un coup d'œil
figures-caption = Ce qui s'est passé ce trimestre et le précédent
figures-figure = Chiffre
figures-now = Ce trimestre
figures-before = Trimestre précédent
figure-received = Demandes reçues
figure-first_looks = Premières lectures
figure-settled = Demandes réglées
figure-promised = Dates promises
figure-moved = Dates déplacées
figure-passed = Dates dépassées
figure-slip_days = Jours de glissement
figure-versions = Versions de jeux de données publiées
figure-first_versions = dont jeux publiés pour la première fois
figure-answered = Demandes auxquelles un jeu a répondu
figure-wishes = Souhaits comparés
figure-wishes_met = Souhaits satisfaits
figure-owed = Messages dus
figure-sent = Messages envoyés
figure-bounced = Messages revenus
figure-failed = Messages non partis
figure-unknown = Messages au sort inconnu
stock-caption = Où en étaient toutes les demandes à la fin
stock-label = État
stock-number = Demandes

## Ce qui a été demandé
asked-heading = Ce qui a été demandé
asked-none = Aucune demande n'a été reçue ce trimestre.
asked-caption = Demandes reçues ce trimestre
asked-hidden = { $hidden ->
    [one] Une autre demande n'est pas publique.
   *[other] { $hidden } autres demandes ne sont pas publiques.
}
asked-waiting = { $waiting ->
    [one] Une autre demande attend sa première lecture.
   *[other] { $waiting } autres demandes attendent leur première lecture.
}
column-request = Demande
column-kind = Objet
column-channel = Arrivée par
column-asked-on = Faite le
column-standing = État

## Ce qui a été réglé
settled-heading = Ce qui a été réglé
settled-none = Aucune demande n'a été réglée ce trimestre.
settled-counts-caption = Demandes réglées par issue
settled-caption = Demandes réglées et réponses de la ville
settled-hidden = { $hidden ->
    [one] L'une d'elles n'est pas publique.
   *[other] { $hidden } d'entre elles ne sont pas publiques.
}
column-outcome = Issue
column-number = Nombre
column-day = Jour
column-why = Réponse, motif et droit
settled-dataset = Le jeu de données
column-links = Liens
settled-ground = Fondement : { $ground }.
settled-article = Article : { $article }.
settled-appeal = Un recours est possible jusqu'au { $day }.

## Ce qui a été publié et amélioré
published-heading = Publié et amélioré
published-none = Aucun jeu de données n'a été publié ce trimestre.
published-registered = { $registered ->
    [one] Un jeu de données que la ville publiait déjà est entré au catalogue.
   *[other] { $registered } jeux de données que la ville publiait déjà sont entrés au catalogue.
}
published-version = { $title }, version { $version }
published-first = Publié pour la première fois le { $day }.
published-new-version = Nouvelle version, publiée le { $day }.
published-no-request = Elle ne répond à aucune demande publique.
published-hidden = { $hidden ->
    [one] Un jeu de données a répondu à une demande qui n'est pas publique.
   *[other] Des jeux de données ont répondu à { $hidden } demandes qui ne sont pas publiques.
}
wishes-caption = { $ref } : ce qui était souhaité et ce qui est donné
wishes-none = { $ref } est venue sans souhait à comparer.
column-wish = Souhaité
column-given = Donné
column-verdict = Verdict
wish = { $property ->
    [area] Territoire
    [period] Période
    [spatial_unit] Maille
    [frequency] Fréquence
    [format] Format
    [licence] Licence
    [column] Colonne
    [resolution] Résolution
   *[other] Autre
} : { $wanted }
verdict = { $word ->
    [met] satisfait
    [partly] satisfait en partie
    [not] non satisfait
   *[unknown] pas encore comparable
}

## Dates
dates-heading = Dates promises, déplacées et dépassées
dates-none = Aucune date n'a été promise, déplacée ni dépassée ce trimestre.
dates-caption = Ce que sont devenues les dates promises
dates-hidden = { $hidden ->
    [one] Un autre acte concerne une demande qui n'est pas publique.
   *[other] { $hidden } autres actes concernent des demandes qui ne sont pas publiques.
}
slips-caption = Jours de glissement par demande
column-act = Acte
column-date = Promise pour
column-before = Avant
column-slip = Jours de plus
column-reason = Raison
column-slip-now = Ce trimestre
column-slip-total = Depuis la première promesse
act = { $word ->
    [promised] promise
    [moved] déplacée
   *[passed] dépassée
}

## Les personnes ont-elles été prévenues
told-heading = Les personnes ont-elles été prévenues ?
told-none = Aucun message n'était dû ce trimestre.
told-caption = Messages aux personnes ayant fait une demande, selon leur objet
told-waiting = { $waiting ->
    [one] Un message est dû et on ne sait pas encore ce qu'il est devenu.
   *[other] { $waiting } messages sont dus et on ne sait pas encore ce qu'ils sont devenus.
}
told-all-reached = Toutes les personnes à qui un message était dû avaient été jointes à la fin du trimestre, ou leur message est en route.
told-unreached = { $unreached ->
    [one] Un message n'avait pas atteint sa lectrice ou son lecteur à la fin du trimestre.
   *[other] { $unreached } messages n'avaient pas atteint leurs lecteurs à la fin du trimestre.
}
unreached-caption = Demandes dont l'auteur n'était pas joint à la fin
column-message = Message
column-owed = Dus
column-sent = Envoyés
column-bounced = Revenus
column-failed = Non partis
column-unknown = Inconnus
column-resolved = Tranchés par une personne
column-since = Depuis
notice-kind = { $word ->
    [acknowledgement] accusé de réception
    [answered] réponse
    [selected] demande retenue
    [scheduled] date promise
    [rescheduled] date déplacée
    [date_passed] date dépassée
    [published] jeu publié
    [refused] refus
    [withdrawn] retrait
   *[other] { $word }
}

## Méthode
method-heading = Comment cette note est faite
method-text = Elle est calculée à partir des seules copies des événements de la ville, et toujours de la même façon. Les demandes qui ne sont pas publiques comptent dans chaque chiffre et ne sont nommées nulle part. Chacun peut la recalculer à partir du fichier des faits.
method-facts = Le fichier des faits
method-hash = SHA-256 des faits :

## Mots du registre
label = { $word ->
    [received] reçue
    [question_for_you] question à l'auteur
    [in_this_quarters_list] dans la liste du trimestre
    [being_researched] à l'étude
    [date_promised] date promise
    [published] publiée
    [passed_to_another_body] transmise à un autre organisme
    [joined_with_another] jointe à une autre
    [answered] répondue
    [withdrawn] retirée
   *[other] { $word }
}
kind = { $word ->
    [new] un nouveau jeu de données
    [extend] plus dans un jeu existant
    [fix] une réparation
   *[other] { $word }
}
channel = { $word ->
    [web] le web
    [social] les réseaux sociaux
    [meetup_group] un groupe de rencontres
    [in_person_event] une rencontre sur place
    [newsletter] la lettre d'information
    [city_website] le site de la ville
    [press] la presse
    [phone] le téléphone
    [partner] un partenaire
   *[other] { $word }
}
outcome = { $word ->
    [new_dataset] nouveau jeu de données
    [improved_existing] jeu de données amélioré
    [already_available] déjà disponible
    [not_held] non détenu par la ville
    [refused] refusée
    [not_a_data_request] pas une demande de données
    [technical_fix] réparation technique
    [infeasible] irréalisable
    [withdrawn] retirée par son auteur
   *[other] { $word }
}
ground = { $word ->
    [personal_data] données personnelles
    [security] sécurité
    [third_party_rights] droits de tiers
    [commercial_secrecy] secret des affaires
    [draft] document inachevé
    [disproportionate] effort disproportionné
    [statistical_secrecy] secret statistique
    [not_collected] donnée non collectée
    [legal_prohibition] interdiction légale
   *[other] { $word }
}
