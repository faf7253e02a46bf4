# Courriels et entrées de flux. $audience vaut « owner » (la personne qui a demandé) ou « followed » (quelqu’un qui suit la demande).

confirm-subject = Veuillez confirmer votre demande à { $city }
confirm-headline = Veuillez confirmer que vous avez demandé des données à { $city }.
confirm-next = Le lien ouvre une page avec un bouton. Votre demande parvient à la ville quand vous appuyez dessus, pas avant. Le lien est valable 72 heures.
confirm-action = Confirmer ma demande

sign-in-subject = Votre lien de connexion à { $city }
sign-in-headline = Voici votre lien de connexion à { $city }.
sign-in-next = Il fonctionne une fois, pendant 10 minutes. Si vous l’ouvrez dans un autre navigateur que celui où vous l’avez demandé, la page demande le code qui y est affiché.
sign-in-action = Me connecter

follow-confirm-subject = { $ref } : veuillez confirmer le suivi
follow-confirm-headline = Veuillez confirmer que vous voulez suivre la demande { $ref }.
follow-confirm-next = Le lien ouvre une page avec un bouton ; vous suivez la demande dès que vous appuyez dessus. Le lien est valable 72 heures.
follow-confirm-action = Suivre cette demande

acknowledgement-subject = { $ref } : nous avons reçu votre demande
acknowledgement-headline = Nous avons reçu votre demande. Elle porte le numéro { $ref }.
acknowledgement-next = Une personne la lit au plus tard le { $first_look } et décide si tout le monde peut la voir. Nous vous écrivons à chaque étape.
acknowledgement-keep = Gardez ce courriel : le lien ci-dessous n’appartient qu’à vous et montre tout ce qui concerne votre demande.
acknowledgement-action = Voir ma demande

opened-subject = { $ref } : au registre public
opened-headline = { $audience ->
    [owner] Votre demande { $ref } figure au registre public.
   *[followed] La demande { $ref } figure au registre public.
}
opened-next = La ville l’examine maintenant : elle répond, refuse avec un motif, ou la prend en charge.

answered-subject = { $ref } : la ville a répondu
answered-headline = { $audience ->
    [owner] La ville a répondu à votre demande { $ref }.
   *[followed] La ville a répondu à la demande { $ref }.
}
answered-next = { $audience ->
    [owner] La demande est close par cette réponse. Si ce n’est pas ce que vous demandiez, répondez à ce courriel : une personne le lit.
   *[followed] La demande est close par cette réponse.
}

selected-subject = { $ref } : la ville s’en occupe
selected-headline = { $audience ->
    [owner] La ville a pris en charge votre demande { $ref }.
   *[followed] La ville a pris en charge la demande { $ref }.
}
selected-next = La ville cherche les données et ce qui fait obstacle. Nous vous écrivons dès qu’une date est fixée.

scheduled-subject = { $ref } : date promise, { $when }
scheduled-headline = { $audience ->
    [owner] La ville promet une date pour les données que vous avez demandées ({ $ref }) : { $when }.
   *[followed] La ville promet une date pour les données de la demande { $ref } : { $when }.
}
scheduled-next = Nous vous écrivons quand elles paraissent, quand la date change, et quand elle passe sans les données.

rescheduled-subject = { $ref } : nouvelle date, { $when }
rescheduled-headline = Nouvelle date pour { $ref } : { $when }. Date précédente : { $previous }.
rescheduled-next = { $audience ->
    [owner] Nous vous écrivons quand les données paraissent ou si la date change encore.
   *[followed] Ce changement figure sur la page de la demande. Nous vous écrivons quand les données paraissent ou si la date change encore.
}

date_passed-subject = { $ref } : la date promise est passée
date_passed-headline = La date promise pour les données de { $ref } est passée ({ $when }), et les données ne sont pas là.
date_passed-next = { $audience ->
    [owner] Le service responsable est prévenu. Nous vous écrivons dès qu’il y a une nouvelle date ou les données.
   *[followed] Le retard figure sur la page de la demande. Nous vous écrivons dès qu’il y a une nouvelle date ou les données.
}

published-subject = { $ref } : les données sont publiées
published-headline = { $audience ->
    [owner] Les données que vous avez demandées ({ $ref }) sont publiées : { $dataset }.
   *[followed] Les données de la demande { $ref } sont publiées : { $dataset }.
}
published-next = { $audience ->
    [owner] S’il manque quelque chose dont vous avez besoin, répondez à ce courriel : une personne le lit.
   *[followed] Ce jeu de données répond à la demande.
}
published-dataset = Le jeu de données
published-wishes = Ce qui était demandé, et ce qui est donné

refused-subject = { $ref } : la ville refuse
refused-headline = { $audience ->
    [owner] La ville ne publie pas les données que vous avez demandées ({ $ref }).
   *[followed] La ville ne publie pas les données de la demande { $ref }.
}
refused-ground = Le motif
refused-motive = En détail
refused-article = Le fondement juridique
refused-redress = Comment contester
refused-appeal = { $audience ->
    [owner] Vous pouvez contester cette décision jusqu’au { $appeal_by }.
   *[followed] La personne qui a demandé peut contester cette décision jusqu’au { $appeal_by }.
}
refused-next = { $audience ->
    [owner] La demande est close par cette décision. Si vous avez une question, répondez à ce courriel : une personne le lit.
   *[followed] La demande est close par cette décision. Elle figure sur la page de la demande.
}

withdrawn-subject = { $ref } : retirée
withdrawn-headline = { $audience ->
    [owner] Vous avez retiré votre demande { $ref }.
   *[followed] La demande { $ref } a été retirée par la personne qui l’avait faite.
}
withdrawn-next = La ville cesse d’y travailler. Chacun peut redemander la même chose.

# Ce que tous les courriels partagent.
action-owner = Voir ma demande
action-followed = Voir la demande
asked-for = La demande
answer = La réponse
motive = Pourquoi
links = Liens
next = Et maintenant
also = Aussi
why = Pourquoi vous recevez ce courriel
quoted = « { $text } »
elsewhere = { $code ->
    [en] (en anglais)
   *[fr] (en français)
}

why-owner = Vous avez demandé ces données à { $city }, et la ville vous doit une réponse à chaque étape : ces courriels ne peuvent pas être désactivés. Pour changer d’adresse, répondez à ce courriel. Pour retirer la demande, suivez le lien ci-dessus.
why-followed = Vous suivez cette demande. Un clic suffit pour arrêter :
why-unsubscribe = Ne plus suivre
why-confirm = Quelqu’un a saisi cette adresse sur le site de { $city }. Si ce n’était pas vous, ne faites rien : vous n’en entendrez plus parler, et ce qui a été saisi est effacé.
why-sign-in = Quelqu’un a demandé à se connecter à { $city } avec cette adresse. Si ce n’était pas vous, ne faites rien : sans ce lien, personne n’entre.
why-follow-confirm = Quelqu’un a saisi cette adresse pour suivre une demande faite à { $city }. Si ce n’était pas vous, ne faites rien : vous n’en entendrez plus parler.

outcome = { $code ->
    [new_dataset] Un nouveau jeu de données est publié.
    [improved_existing] Un jeu de données existant a été complété ou réparé.
    [already_available] Les données sont déjà publiées.
    [not_held] La ville ne détient pas ces données.
    [refused] La ville ne peut pas publier ces données.
    [not_a_data_request] Ce n’est pas une question de données.
    [technical_fix] Ce qui ne marchait pas est réparé.
    [infeasible] Les données ne peuvent pas être publiées sans effort démesuré.
    [withdrawn] La demande a été retirée.
   *[other] La demande est close.
}

ground = { $code ->
    [personal_data] Elles révéleraient des données personnelles.
    [security] Elles mettraient la sécurité en danger.
    [third_party_rights] D’autres personnes y ont des droits.
    [commercial_secrecy] Elles contiennent des secrets d’affaires.
    [draft] Elles ne sont pas achevées.
    [disproportionate] Les préparer demanderait un effort disproportionné.
    [statistical_secrecy] Elles relèvent du secret statistique.
    [not_collected] Elles ne sont pas recueillies.
    [legal_prohibition] Une loi l’interdit.
   *[other] Un autre motif, indiqué ci-dessous.
}

property = { $code ->
    [area] Territoire
    [period] Période
    [spatial_unit] Maille géographique
    [frequency] Fréquence de mise à jour
    [format] Format
    [licence] Licence
    [column] Colonne
    [resolution] Résolution
   *[other] Autre
}

verdict = { $code ->
    [met] satisfait
    [partly] satisfait en partie
    [not] non satisfait
   *[unknown] une personne doit encore comparer
}

weight = { $code ->
    [must] nécessaire
   *[nice] bienvenu
}

wish-wanted = Demandé
wish-given = Donné
wish-verdict = Résultat
wish-nothing = rien de déclaré

feed-title = Demande { $ref }

colon =  :
