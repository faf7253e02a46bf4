### Ce que dit chaque page : son cadre, et les mots des composants.

site-line = Demandez des données, suivez leur parcours

skip-link = Aller au contenu
nav-label = Principale
nav-requests = Demandes
nav-datasets = Jeux de données
nav-notes = Notes
nav-dashboard = Tableau de bord
nav-desk = Bureau
nav-ops = Exploitation
language-label = Langue
language-en = English
language-fr = Français
breadcrumb-label = Vous êtes ici
signed-in-as = Vous êtes
sign-out = Se déconnecter

footer-label = À propos de ce site
footer-api = Documentation technique
footer-sign-in = Connexion (agents de la ville)
footer-accessibility = Ce site est fait pour fonctionner au clavier, avec un lecteur d’écran, en grands caractères et sans script. Si quelque chose vous bloque, répondez à l’un de nos courriels : une personne les lit.
footer-privacy = Nous gardons votre adresse pour vous répondre, et rien d’autre sur vous. Aucun suivi. L’unique cookie est posé quand vous vous connectez.
footer-source = Fait avec Quartier, logiciel libre sous licence Apache 2.0.

## Formulaires
title-error = Erreur :
error-prefix = Erreur :
error-summary-title =
    { $count ->
        [one] Corrigez un point
       *[other] Corrigez { $count } points
    }
optional = (facultatif)
date-day = Jour
date-month = Mois
date-year = Année
badge-public = tout le monde peut le lire
badge-internal = seuls les agents de la ville le lisent
change = Modifier

## États et listes
told-at = La personne qui a demandé a été prévenue le { $when }.
told-not-yet = La personne qui a demandé n’est pas encore prévenue.
task-verb = { $verb } :
task-due = Pour le { $date }
task-late = En retard
filter-label = Choisir ce que montre la liste
filter-show = Afficher
filter-clear = Tout afficher
pager-label = Pages de cette liste
pager-previous = Page précédente
pager-next = Page suivante
wishes-caption = Ce qui était souhaité et ce qui a été donné
wishes-wanted = Souhaité
wishes-given = Donné
wishes-verdict = Résultat
wishes-nothing = Rien pour l’instant
verdict-met = Satisfait
verdict-partly = Satisfait en partie
verdict-not = Non satisfait
verdict-unknown = Pas encore connu
figure-table = Tableau

## Encadrés
receipt-reference = Votre référence
mail-from = De
mail-to = À
mail-at = Envoyé
live-updated = Cette page vient d’être mise à jour.
trace-error = Échec
trace-span = { $service } : { $duration } ms, débute à { $start } ms

## Pages d’erreur
problem-status = Erreur { $status }
problem-advice =
    { $status ->
        [401] Connectez-vous, puis ouvrez de nouveau cette page.
        [403] Il faut peut-être vous connecter avec une autre adresse, ou demander le droit de voir cette page.
        [404] Vérifiez l’adresse. Si elle vient d’un de nos courriels ou de nos pages, répondez au courriel ou écrivez à la ville.
        [410] Cette page a existé. Elle a été retirée définitivement.
        [429] Attendez une minute, puis réessayez. En revenant en arrière, vous retrouvez votre texte.
       *[other] Revenez en arrière et réessayez dans un instant. Si cela se reproduit, écrivez à la ville en donnant la référence ci-dessous.
    }
problem-to-requests = Voir toutes les demandes
problem-to-home = Aller à l’accueil
problem-reference = Référence pour la ville :
