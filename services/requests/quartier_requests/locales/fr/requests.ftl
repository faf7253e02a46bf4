### Ce qu’on lit d’une demande : son étiquette, où elle en est, ce qui s’est passé, et ce qu’un agent peut faire.

## Étiquettes publiques
request-label-unconfirmed = en attente de votre confirmation
request-label-received = reçue
request-label-being_researched = à l’étude
request-label-date_promised = date promise
request-label-published = publiée
request-label-answered = réponse donnée
request-label-withdrawn = retirée

## Une phrase simple par état
request-status-awaiting_confirmation = Personne ne la lit encore : confirmez-la par le lien que vous avez reçu par courriel.
request-status-submitted = La ville a reçu cette demande. Une personne la lit au plus tard le { $due }.
request-status-triage = Une personne de la ville a lu cette demande et examine la suite à lui donner.
request-status-in_research = La ville a pris cette demande en charge et cherche les données. Une date suivra.
request-status-scheduled =
    { $passed ->
        [yes] La ville avait promis les données pour { $expected }. Cette date est passée sans qu’elles paraissent.
       *[no] La ville a promis les données pour { $expected }.
    }
request-status-published =
    { $outcome ->
        [new_dataset] Les données sont publiées pour la première fois : { $dataset }.
       *[improved_existing] Les données sont publiées dans un jeu de données amélioré : { $dataset }.
    }
request-status-answered_closed =
    { $outcome ->
        [already_available] La ville a répondu : les données sont déjà publiées.
        [not_a_data_request] La ville a répondu : cela relève d’un autre service municipal.
        [technical_fix] La ville a répondu : ce qui ne marchait pas est réparé.
        [not_held] La ville a répondu : elle ne détient pas ces données.
        [infeasible] La ville a répondu : elle ne peut pas mettre ces données à disposition.
       *[refused] La ville a refusé de publier ces données. La réponse dit pourquoi, et comment faire un recours.
    }
request-status-withdrawn = La personne qui avait fait cette demande l’a retirée. Chacun peut redemander la même chose.

## Une phrase simple par fait
request-event-request-drafted = Quelqu’un a écrit une demande et a reçu un lien pour la confirmer.
request-event-request-submitted = La demande est parvenue à la ville.
request-event-triage-started = Une personne de la ville a lu la demande.
request-event-triage-escalated = Personne n’avait lu la demande à temps ; la hiérarchie a été prévenue.
request-event-request-answered =
    { $outcome ->
        [already_available] La ville a répondu que les données sont déjà publiées.
        [technical_fix] La ville a répondu que ce qui ne marchait pas est réparé.
       *[not_a_data_request] La ville a répondu que cela relève d’un autre service municipal.
    }
request-event-request-taken_up = La ville a pris la demande en charge et a commencé à chercher les données.
request-event-publication-scheduled = La ville a promis les données pour { $expected }.
request-event-publication-rescheduled = La ville a déplacé la date promise : d’abord { $previous }, désormais { $expected }.
request-event-publication-date_passed = La date promise ({ $expected }) est passée sans que les données paraissent.
request-event-request-published =
    { $outcome ->
        [new_dataset] La ville a publié un nouveau jeu de données pour cette demande : { $dataset }.
       *[improved_existing] La ville a publié un jeu de données amélioré pour cette demande : { $dataset }.
    }
request-event-request-refused =
    { $outcome ->
        [not_held] La ville a répondu qu’elle ne détient pas ces données.
        [infeasible] La ville a répondu qu’elle ne peut pas mettre ces données à disposition.
       *[refused] La ville a refusé de publier ces données.
    }
request-event-request-withdrawn = La personne qui avait fait la demande l’a retirée.
request-event-dataset-linked = Une version de données qui concerne aussi cette demande a été publiée : { $dataset }.

## Ce que les agents peuvent faire
request-act-start_triage = Noter la première lecture
request-act-answer = Répondre à la demande
request-act-take_up = Prendre la demande en charge
request-act-schedule = Promettre une date
request-act-reschedule = Déplacer la date promise
request-act-refuse = Refuser la demande

request-note-day-off = Personne ne travaille le { $day }.

## Pourquoi une tâche est dans une file
request-task-first_look = Faire la première lecture.
request-task-sorting-triage = Y répondre ou la prendre en charge.
request-task-sorting-in_research = Promettre une date pour les données.
request-task-sorting-claimed = Un jeu de données qui la concerne est publié : répondre avec son lien.
request-task-dates-soon = La date promise approche : publier, ou déplacer la date et dire pourquoi.
request-task-dates-passed = La date promise est passée : publier, ou déplacer la date et dire pourquoi.
request-task-decisions = Si elle doit être refusée, la décision vous revient.
request-task-unreached-bounced = Le courriel est revenu : prévenir la personne autrement.
request-task-unreached-failed = Le courriel n’a pas pu partir : prévenir la personne autrement.
request-task-unreached-unknown = On ne sait pas si le courriel est arrivé : examiner l’envoi, ou prévenir la personne autrement.
request-task-unreached-overdue = Le courriel attend depuis plus d’une heure : examiner l’envoi, ou prévenir la personne autrement.

## Ce qui ne va pas dans un champ
field-several_lines = Merci d’écrire ceci sur une seule ligne.
field-period_reversed = La période finit avant de commencer.
field-says_nothing = Merci de l’écrire en anglais, en français ou dans les deux langues.
