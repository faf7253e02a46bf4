### La note de publication et d’amélioration. Les phrases sont des messages entiers ; une section sans fait tient en une phrase.

note-title = Note de publication et d’amélioration : { $quarter }
note-draft = Brouillon, recalculé à chaque lecture : { $count ->
    [0] aucun fait pour l’instant.
    [one] un seul fait.
   *[other] { $count } faits.
}
note-period = Elle raconte ce qui s’est passé du { $first } au { $last }, dans le fuseau horaire { $zone }.
note-nothing = –
note-other-language = { $language ->
    [fr] en français
   *[other] en anglais
}

## Résumé
summary-heading = En cinq phrases
sentence-asked = { $received ->
    [0] Personne n’a demandé de données à la ville.
    [one] La ville a reçu une demande ; premières lectures faites : { $looks }.
   *[other] La ville a reçu { $received } demandes ; premières lectures faites : { $looks }.
}
sentence-settled = { $settled ->
    [0] Aucune demande n’a été close.
    [one] Une demande a été close : réponse, refus, retrait ou jeu de données publié.
   *[other] { $settled } demandes ont été closes : réponse, refus, retrait ou jeu de données publié.
}
sentence-published = { $versions ->
    [0] Aucun jeu de données n’a été publié.
    [one] Une version de jeu de données a été publiée { $answered ->
        [0] et n’a répondu à aucune demande.
        [one] et a répondu à une demande ; souhaits satisfaits : { $met } sur { $wishes }.
       *[other] et a répondu à { $answered } demandes ; souhaits satisfaits : { $met } sur { $wishes }.
    }
   *[other] { $versions } versions de jeux de données ont été publiées { $answered ->
        [0] et n’ont répondu à aucune demande.
        [one] et ont répondu à une demande ; souhaits satisfaits : { $met } sur { $wishes }.
       *[other] et ont répondu à { $answered } demandes ; souhaits satisfaits : { $met } sur { $wishes }.
    }
}
sentence-dates = { $acts ->
    [0] Aucune date n’a été promise, déplacée ni dépassée.
   *[other] La ville { $promised ->
        [0] n’a promis aucune date ;
        [one] a promis une date ;
       *[other] a promis { $promised } dates ;
    } dates déplacées : { $moved }, dates dépassées : { $passed } ; glissement total : { $days ->
        [one] { $days } jour.
       *[other] { $days } jours.
    }
}
sentence-told = { $owed ->
    [0] Aucun message n’était dû à une personne ayant fait une demande.
    [one] Un message était dû à une personne ayant fait une demande ; { $sent ->
        [one] { $sent } a été envoyé
       *[other] { $sent } ont été envoyés
    } ; { $unreached ->
        [0] plus personne n’est à joindre par un autre moyen.
        [one] un message doit encore parvenir à destination par un autre moyen.
       *[other] { $unreached } messages doivent encore parvenir à destination par un autre moyen.
    }
   *[other] { $owed } messages étaient dus aux personnes ayant fait une demande ; { $sent ->
        [one] { $sent } a été envoyé
       *[other] { $sent } ont été envoyés
    } ; { $unreached ->
        [0] plus personne n’est à joindre par un autre moyen.
        [one] un message doit encore parvenir à destination par un autre moyen.
       *[other] { $unreached } messages doivent encore parvenir à destination par un autre moyen.
    }
}

figures-heading = Les chiffres en un coup d’œil
figures-caption = Ce qui s’est passé ce trimestre et le précédent
figures-figure = Chiffre
figures-now = Ce trimestre
figures-before = Trimestre précédent
figure-received = Demandes reçues
figure-first_looks = Premières lectures
figure-settled = Demandes closes
figure-promised = Dates promises
figure-moved = Dates déplacées
figure-passed = Dates dépassées
figure-slip_days = Jours de glissement
figure-versions = Versions de jeux de données publiées
figure-first_versions = dont jeux de données publiés pour la première fois
figure-answered = Demandes auxquelles un jeu de données a répondu
figure-wishes = Souhaits comparés
figure-wishes_met = Souhaits satisfaits
figure-owed = Messages dus
figure-sent = Messages envoyés
figure-bounced = Messages revenus
figure-failed = Messages non partis
figure-unknown = Messages dont le sort est inconnu
stock-caption = Où en étaient toutes les demandes à la fin du trimestre
stock-label = État
stock-number = Demandes

## Ce qui a été demandé
asked-heading = Ce qui a été demandé
asked-none = Aucune demande n’a été reçue ce trimestre.
asked-caption = Demandes reçues ce trimestre
asked-hidden = { $hidden ->
    [one] Une autre demande n’est pas publique.
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

## Ce qui a été clos
settled-heading = Demandes closes
settled-none = Aucune demande n’a été close ce trimestre.
settled-counts-caption = Demandes closes, par issue
settled-caption = Demandes closes et réponses de la ville
settled-hidden = { $hidden ->
    [one] L’une d’elles n’est pas publique.
   *[other] { $hidden } d’entre elles ne sont pas publiques.
}
column-outcome = Issue
column-number = Nombre
column-day = Jour
column-why = Réponse, motif et fondement juridique
settled-dataset = Le jeu de données
column-links = Liens
settled-ground = Motif : { $ground }.
settled-article = Fondement juridique : { $article }.
settled-appeal = Un recours est possible jusqu’au { $day }.

## Ce qui a été publié et amélioré
published-heading = Publié et amélioré
published-none = Aucun jeu de données n’a été publié ce trimestre.
published-registered = { $registered ->
    [one] Un jeu de données que la ville publiait déjà est entré au catalogue.
   *[other] { $registered } jeux de données que la ville publiait déjà sont entrés au catalogue.
}
published-version = { $title }, version { $version }
published-first = Publié pour la première fois le { $day }.
published-new-version = Nouvelle version, publiée le { $day }.
published-no-request = Elle ne répond à aucune demande publique.
published-hidden = { $hidden ->
    [one] Un jeu de données a répondu à une demande qui n’est pas publique.
   *[other] Des jeux de données ont répondu à { $hidden } demandes qui ne sont pas publiques.
}
wishes-caption = { $ref } : ce qui était souhaité et ce qui est donné
wishes-none = { $ref } est venue sans souhait à comparer.
column-wish = Souhaité
column-given = Donné
column-verdict = Résultat
wish = { $property ->
    [area] Territoire
    [period] Période
    [spatial_unit] Maille géographique
    [frequency] Fréquence de mise à jour
    [format] Format
    [licence] Licence
    [column] Colonne
    [resolution] Résolution
   *[other] Autre
} : { $wanted }
verdict = { $word ->
    [met] satisfait
    [partly] satisfait en partie
    [not] non satisfait
   *[unknown] pas encore comparable
}

## Dates
dates-heading = Dates promises, déplacées et dépassées
dates-none = Aucune date n’a été promise, déplacée ni dépassée ce trimestre.
dates-caption = Ce que sont devenues les dates promises
dates-hidden = { $hidden ->
    [one] Un autre acte concerne une demande qui n’est pas publique.
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
told-heading = Les personnes ont-elles été prévenues ?
told-none = Aucun message n’était dû ce trimestre.
told-caption = Messages aux personnes ayant fait une demande, selon leur objet
told-waiting = { $waiting ->
    [one] Un message est dû et on ne sait pas encore ce qu’il est devenu.
   *[other] { $waiting } messages sont dus et on ne sait pas encore ce qu’ils sont devenus.
}
told-all-reached = À la fin du trimestre, toutes les personnes à qui un message était dû avaient été jointes, ou leur message était en route.
told-unreached = { $unreached ->
    [one] Un message n’était pas parvenu à destination à la fin du trimestre.
   *[other] { $unreached } messages n’étaient pas parvenus à destination à la fin du trimestre.
}
unreached-caption = Personnes non jointes à la fin du trimestre, par demande
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
    [selected] prise en charge
    [scheduled] date promise
    [rescheduled] date déplacée
    [date_passed] date dépassée
    [published] jeu de données publié
    [refused] refus
    [withdrawn] retrait
   *[other] { $word }
}

## Méthode
method-heading = Comment cette note est faite
method-text = Elle est calculée à partir des seules copies des événements de la ville ; les mêmes événements donnent toujours la même note. Les demandes qui ne sont pas publiques comptent dans chaque chiffre et ne sont nommées nulle part. Chacun peut la recalculer à partir du fichier des faits.
method-facts = Le fichier des faits
method-hash = SHA-256 des faits :

## Mots du registre
label = { $word ->
    [received] reçue
    [question_for_you] question à la personne qui a demandé
    [in_this_quarters_list] dans la liste du trimestre
    [being_researched] à l’étude
    [date_promised] date promise
    [published] publiée
    [passed_to_another_body] transmise à un autre organisme
    [joined_with_another] jointe à une autre
    [answered] réponse donnée
    [withdrawn] retirée
   *[other] { $word }
}
kind = { $word ->
    [new] un nouveau jeu de données
    [extend] un jeu de données à compléter
    [fix] une réparation
   *[other] { $word }
}
channel = { $word ->
    [web] le web
    [social] les réseaux sociaux
    [meetup_group] un groupe de rencontres
    [in_person_event] une rencontre sur place
    [newsletter] la lettre d’information
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
    [not_a_data_request] ne relève pas des données
    [technical_fix] réparation technique
    [infeasible] irréalisable
    [withdrawn] retirée par la personne qui l’avait faite
   *[other] { $word }
}
ground = { $word ->
    [personal_data] données personnelles
    [security] sécurité publique
    [third_party_rights] droits de tiers
    [commercial_secrecy] secret des affaires
    [draft] document inachevé
    [disproportionate] effort disproportionné
    [statistical_secrecy] secret statistique
    [not_collected] données non recueillies
    [legal_prohibition] interdit par la loi
   *[other] { $word }
}
