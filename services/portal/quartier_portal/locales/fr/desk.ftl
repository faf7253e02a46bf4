### Le bureau des agents.

desk-title = Bureau
desk-versions = Versions qui attendent une seconde personne
desk-versions-fills = Une version paraît ici quand un agent l’a préparée.
desk-deliveries = Messages qui demandent une personne
desk-deliveries-lead = Personne ne sait s’ils sont arrivés. Regardez ce qu’ont dit les serveurs de messagerie, et décidez.
desk-deliveries-fills = Un message paraît ici quand la liaison a rompu après la remise du texte.
desk-delivery-reason = Pourquoi vous en décidez ainsi
desk-count-as-sent = Le compter comme envoyé
desk-send-again = Le renvoyer
desk-new-dataset = Saisir un nouveau jeu de données
desk-new-version = Préparer une version
desk-enter-dataset = Le saisir comme brouillon
desk-prepare = La préparer
desk-prepared = La version est prête
desk-prepared-more = Elle sort quand une autre personne l’approuve.
desk-own-version = Vous l’avez préparée : une autre personne doit l’approuver.
desk-approve-lead = Une fois approuvée, elle est publique aussitôt, et qui l’a demandée en est averti.
desk-approve = Approuver et publier
desk-version-lead = Ce que vous déclarez ici est comparé, ligne par ligne, à ce qui était souhaité.
desk-coverage = Ce qu’elle couvre
desk-choose = Choisissez
desk-done = C’est fait
desk-done-more = C’est public maintenant, et qui doit être averti reçoit un message.
desk-unreached = Quelque chose n’est pas parvenu à la personne qui a demandé
desk-told-how = Comment vous l’avez avertie : par téléphone, par lettre, au guichet
desk-told = Je l’ai avertie
desk-acts = Ce qui peut être fait
desk-no-acts = Rien ne peut en être fait pour le moment, ou pas par vous.
desk-refused = Cela n’a pas été fait
desk-preview = Montrer ce qui sera lu
desk-links-hint = Une adresse par ligne
desk-date-hint = Par exemple 2027-03-31, 2027-03 ou 2027-Q1
desk-day-hint = Par exemple 2027-03-31

queue-first_look = Première lecture
queue-first_look-fills = Une demande paraît ici dès que son auteur l’a confirmée.
queue-sorting = Tri
queue-sorting-fills = Une demande paraît ici après sa première lecture, jusqu’à ce qu’elle ait une réponse ou une date.
queue-dates = Dates
queue-dates-fills = Une demande paraît ici dix jours avant sa date promise, et quand la date est passée.
queue-decisions = Décisions pour un approbateur
queue-decisions-fills = Une demande paraît ici tant qu’elle peut être refusée.
queue-unreached = Personnes non jointes
queue-unreached-fills = Une demande paraît ici quand un message à son auteur n’est pas arrivé.
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
outcome-technical_fix = Ce qui était cassé est réparé
outcome-refused = Refusée
outcome-not_held = La ville ne les détient pas
outcome-infeasible = Ce n’est pas faisable
precision-day = ce jour-là
precision-month = dans ce mois
precision-quarter = dans ce trimestre

field-visibility = Qui peut la lire ?
field-reason = Pourquoi seulement son auteur ?
field-outcome = De quoi s’agit-il ?
field-answer-en = Réponse en anglais
field-answer-fr = Réponse en français
field-links = Liens
field-motive-en = Raison en anglais
field-motive-fr = Raison en français
field-date = Jusqu’à quand ?
field-precision = Avec quelle précision ?
field-why-en = Pourquoi elle change, en anglais
field-why-fr = Pourquoi elle change, en français
field-ground = Motif du refus
field-article = Article de loi
field-redress-en = Comment faire un recours, en anglais
field-redress-fr = Comment faire un recours, en français
field-appeal_by = Recours jusqu’au
field-slug = Nom court
field-slug-hint = Lettres minuscules, chiffres et traits d’union. Il figure dans l’adresse pour toujours.
field-title-en = Titre en anglais
field-title-fr = Titre en français
field-description-en = Description en anglais
field-description-fr = Description en français
field-frequency-hint = Par exemple daily, weekly, monthly, quarterly, yearly
field-dataset = Jeu de données
field-number = Numéro
field-number-hint = Par exemple 1.0.0, au-dessus de celui qui est sorti
field-change_note-en = Ce qui a changé, en anglais
field-change_note-fr = Ce qui a changé, en français
field-format-hint = Par exemple CSV
field-url = Où il se trouve
field-requests = Demandes auxquelles elle répond
field-requests-hint = Références, comme R-2027-0042, séparées par des espaces
field-list-hint = Séparés par des virgules

preview-title = Voici ce qui sera lu
preview-lead = Rien n’est encore fait.
preview-public-everyone = Tout le monde lit
preview-public-requester = La personne qui a demandé lit sur sa page
preview-mail = Ce message part
preview-no-mail = Aucun message ne part.
preview-do = Le faire
preview-change = Changer quelque chose
desk-message-id = Message-ID
