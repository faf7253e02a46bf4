### Les pages publiques : accueil, registre, une demande, le suivi, les chiffres, les jeux de données, les notes.

colon =  :
only-in-en = En anglais seulement :
only-in-fr = En français seulement :

home-title = Demandez des données à votre ville
home-lead = Chaque demande reçoit une réponse, et la personne qui l’a faite en est prévenue. Ce qui est promis figure ici avec sa date.
home-question = Que voulez-vous faire ?
home-ask = Demander des données
home-ask-more = Dites ce qu’il vous faut. Vous obtenez une référence, une date et une réponse.
home-requests = Voir ce que d’autres ont demandé
home-requests-more = Chaque demande, ce que la ville a répondu, et les dates qu’elle tient.
home-datasets = Trouver des données publiées
home-datasets-more = Chaque jeu de données de la ville, avec ce qui change à chaque version.
home-notes = Lire le bilan du trimestre
home-notes-more = Ce qui a été demandé, répondu, publié et promis, compté d’après les faits.

label-received = reçue
label-being_researched = à l’étude
label-date_promised = date promise
label-published = publiée
label-answered = réponse donnée
label-withdrawn = retirée

register-title =
    { $kind ->
        [both] Demandes : { $label }, « { $words } »
        [label] Demandes : { $label }
        [words] Demandes : « { $words } »
       *[all] Demandes
    }
register-lead = Ce que l’on a demandé à la ville de publier, et la suite qu’elle y a donnée.
register-label = Où elle en est
register-any = tous les états
register-words = Mots ou référence
register-list = Les demandes
register-said =
    { $kind ->
        [both] Demandes à l’état « { $label } » avec les mots « { $words } ».
        [label] Demandes à l’état « { $label } ».
        [words] Demandes avec les mots « { $words } ».
       *[all] Toutes les demandes publiques, les plus récentes d’abord.
    }
register-empty = Rien ne figure ici.
register-empty-fills = Une demande apparaît ici quand une personne de la ville l’a lue.
register-hidden =
    { $count ->
        [0] Aucune demande n’est masquée.
        [one] { $count } autre demande est masquée : personne ne l’a encore lue, ou elle touche à la vie privée.
       *[other] { $count } autres demandes sont masquées : personne ne les a encore lues, ou elles touchent à la vie privée.
    }
register-data = Le registre en données
register-csv = Les demandes en CSV
register-jsonl = Les demandes en JSON Lines
register-events = Tout ce qui s’est passé, en CSV
register-schema = Ce que veulent dire les colonnes

request-answer = Ce que la ville a répondu
request-ground = Motif :
request-redress = Si vous n’êtes pas d’accord
request-appeal-by = Un recours est possible jusqu’au { $on }.
request-wishes = Ce que les données doivent avoir
request-promises = Dates promises
request-promise-what = Ce qui s’est passé
request-promise-date = Date
request-promise-why = Pourquoi
slip-promised = promise
slip-moved =
    { $days ->
        [one] déplacée de { $days } jour
       *[other] déplacée de { $days } jours
    }
slip-passed = dépassée sans les données
request-history = Ce qui s’est passé
request-asked = Ce qui a été demandé
request-kind = Nature
request-informed = La personne qui a demandé a été prévenue le { $on }.
request-not-informed = Un message n’est pas encore parvenu à la personne qui a demandé. Une personne cherche un autre moyen.
ground-personal_data = données personnelles
ground-security = sécurité publique
ground-third_party_rights = droits de tiers
ground-commercial_secrecy = secret des affaires
ground-draft = document inachevé
ground-disproportionate = effort disproportionné
ground-statistical_secrecy = secret statistique
ground-not_collected = données non recueillies
ground-legal_prohibition = interdit par la loi

follow-title = Suivre cette demande
follow-lead = Recevez un message chaque fois qu’elle avance. Ou utilisez le
follow-atom = fil d’actualité (Atom)
follow-button = Suivre
follow-sent-title = Regardez votre messagerie pour suivre la demande
follow-sent-next = Ouvrez le lien et appuyez sur le bouton de sa page. Vous suivez la demande à partir de là.
follow-back = Retour à la demande

dashboard-title = La ville en chiffres
dashboard-lead = Compté d’après les événements mêmes qui font avancer les demandes. Cette page reste à jour.
dashboard-asked = demandes
dashboard-median = délai médian jusqu’à la réponse ou aux données
dashboard-slips = dates promises déplacées ou dépassées
dashboard-days =
    { $days ->
        [one] { $days } jour
       *[other] { $days } jours
    }
dashboard-no-median = aucune demande n’est close
dashboard-states = Où elles en sont
dashboard-states-title = Demandes par état
dashboard-states-said =
    { $asked ->
        [0] Personne n’a encore demandé.
        [one] Il y a { $asked } demande ; close : { $ended }.
       *[other] Il y a { $asked } demandes ; closes : { $ended }.
    }
dashboard-state = État
dashboard-count = Demandes
dashboard-source = Source : événements des demandes.
dashboard-latest = Les derniers changements
dashboard-moved = Changement du { $on }

datasets-title = Jeux de données
datasets-lead = Ce que la ville publie, et ce qu’elle a promis de publier.
datasets-out = Publiés
datasets-empty = Aucun jeu de données n’est encore publié.
datasets-empty-fills = Un jeu de données apparaît ici quand une seconde personne de la ville l’a approuvé.
datasets-awaited = Promis
datasets-awaited-on = Promis pour { $on }
datasets-awaited-none = Aucun jeu de données n’est promis en ce moment.
datasets-dcat = Fiche de catalogue (DCAT, JSON-LD)
datasets-atom = Fil d’actualité (Atom)
dataset-published = publié
dataset-draft = en préparation
dataset-version = version { $number }
dataset-versions = Versions
dataset-publisher = Publié par
dataset-licence = Licence
dataset-columns = Colonnes
dataset-formats = Formats
dataset-download = { $format }, version { $number }
dataset-answers = Répond aux demandes
dataset-missing = Il manque quelque chose ?
dataset-ask-more = Demander davantage de ces données

notes-title = Notes de publication
notes-lead = Ce qui a été demandé, répondu, publié et promis chaque trimestre, calculé d’après les faits seuls.
notes-empty = Il n’y a pas encore de note.
notes-empty-fills = La première apparaît avec le premier fait.
note-title = Note { $number }
note-period = du { $first } au { $last }, telle qu’elle est aujourd’hui
note-facts = Les faits qui la fondent (JSON Lines)

problem-kind = Type de problème
problem-kind-advice = La réponse qui vous a mené ici dit dans « detail » que faire, et dans « errors » quels champs sont concernés. Son numéro de trace aide la ville à retrouver ce qui s’est passé.
problem-status-code = HTTP { $status }
