### Le bureau des agents.

desk-title = Bureau
desk-versions = Versions qui attendent une seconde personne
desk-versions-fills = Une version apparaît ici quand un agent l’a préparée.
desk-deliveries = Messages qui demandent une personne
desk-deliveries-lead = Personne ne sait s’ils sont arrivés. Regardez ce qu’ont dit les serveurs de messagerie, et décidez.
desk-deliveries-fills = Un message apparaît ici quand la liaison s’est rompue après la remise du texte.
desk-delivery-reason = Pourquoi vous décidez ainsi
desk-count-as-sent = Le compter comme envoyé
desk-send-again = Le renvoyer
desk-new-dataset = Saisir un nouveau jeu de données
desk-new-version = Préparer une version
desk-enter-dataset = Le saisir comme brouillon
desk-prepare = La préparer
desk-prepared = La version est prête
desk-prepared-more = Elle sera publiée quand une autre personne l’aura approuvée.
desk-own-version = Vous l’avez préparée : une autre personne doit l’approuver.
desk-approve-lead = Une fois approuvée, elle est aussitôt publique, et les personnes qui l’ont demandée en sont prévenues.
desk-approve = Approuver et publier
desk-version-lead = Ce que vous déclarez ici est comparé, ligne par ligne, à ce qui était souhaité.
desk-coverage = Ce qu’elle couvre
desk-choose = Choisissez
desk-done = C’est fait
desk-done-more = C’est désormais public, et chaque personne à prévenir reçoit un message.
desk-unreached = Un message n’est pas parvenu à la personne qui a demandé
desk-told-how = Comment vous l’avez prévenue : par téléphone, par lettre, au guichet
desk-told = Je l’ai prévenue
desk-acts = Ce qui peut être fait
desk-no-acts = Aucun acte n’est possible pour le moment, ou pas avec votre rôle.
desk-refused = Cela n’a pas été fait
desk-moved-on = La demande a changé depuis que vous avez ouvert le formulaire : quelqu’un a été plus rapide. Ce que vous aviez saisi :
desk-preview = Montrer ce qui sera lu
desk-links-hint = Une adresse par ligne
desk-date-hint = Par exemple 2027-03-31, 2027-03 ou 2027-Q1
desk-day-hint = Par exemple 2027-03-31

queue-first_look = Première lecture
queue-first_look-fills = Une demande apparaît ici dès qu’elle est confirmée.
queue-sorting = Tri
queue-sorting-fills = Une demande apparaît ici après sa première lecture, jusqu’à ce qu’elle ait une réponse ou une date.
queue-dates = Dates
queue-dates-fills = Une demande apparaît ici dix jours avant sa date promise, et quand la date est passée.
queue-decisions = Décisions pour un approbateur
queue-decisions-fills = Une demande apparaît ici tant qu’elle peut être refusée.
queue-unreached = Personnes non jointes
queue-unreached-fills = Une demande apparaît ici quand un message n’est pas parvenu à la personne qui a demandé.
queue-empty = Rien n’attend ici.
queue-count =
    { $count ->
        [0] rien n’attend
        [one] { $count } en attente
       *[other] { $count } en attente
    }
queue-late = { $count } en retard

visibility-held = Seuls les agents de la ville la voient pour l’instant.
visibility-public = Tout le monde peut la lire.
visibility-requester_only = Seule la personne qui a demandé la voit.
outcome-already_available = Les données sont déjà publiées
outcome-not_a_data_request = Cela relève d’un autre service de la ville
outcome-technical_fix = Ce qui ne marchait pas est réparé
outcome-refused = Refusée
outcome-not_held = La ville ne les détient pas
outcome-infeasible = Ce n’est pas faisable
precision-day = ce jour-là
precision-month = ce mois-là
precision-quarter = ce trimestre-là

field-visibility = Qui peut la lire ?
field-reason = Pourquoi seule la personne qui a demandé peut-elle la lire ?
field-outcome = De quoi s’agit-il ?
field-answer-en = Réponse en anglais
field-answer-fr = Réponse en français
field-links = Liens
field-motive-en = Motif en anglais
field-motive-fr = Motif en français
field-date = Pour quand ?
field-precision = Avec quelle précision ?
field-why-en = Pourquoi elle change, en anglais
field-why-fr = Pourquoi elle change, en français
field-ground = Motif du refus
field-article = Fondement juridique (article)
field-redress-en = Comment faire un recours, en anglais
field-redress-fr = Comment faire un recours, en français
field-appeal_by = Recours possible jusqu’au
field-slug = Nom court
field-slug-hint = Lettres minuscules, chiffres et traits d’union. Il figure dans l’adresse pour toujours.
field-title-en = Titre en anglais
field-title-fr = Titre en français
field-description-en = Description en anglais
field-description-fr = Description en français
field-frequency-hint = Par exemple daily, weekly, monthly, quarterly, yearly
field-dataset = Jeu de données
field-number = Numéro
field-number-hint = Par exemple 1.0.0, supérieur au dernier numéro publié
field-change_note-en = Ce qui a changé, en anglais
field-change_note-fr = Ce qui a changé, en français
field-format-hint = Par exemple CSV
field-url = Adresse du fichier
field-requests = Demandes auxquelles elle répond
field-requests-hint = Références, comme R-2027-0042, séparées par des espaces
field-list-hint = Séparés par des virgules

preview-title = Voici ce qui sera lu
preview-lead = Rien n’est fait pour l’instant.
preview-public-everyone = Tout le monde lit
preview-public-requester = La personne qui a demandé lit, sur sa page
preview-mail = Ce message part
preview-no-mail = Aucun message ne part.
preview-do = Confirmer
preview-change = Modifier
desk-message-id = Message-ID

wrong-slug = Des minuscules sans accent, des chiffres et des traits d’union, comme arbres-des-rues
wrong-number = Trois nombres séparés par des points, comme 1.0.0
wrong-requests = Une référence comme R-2026-0042, ou plusieurs séparées par des virgules
wrong-url = Une adresse qui commence par https:// ou http://
wrong-texts = Écrivez-le dans une des deux langues au moins
