### What every page says: its frame, and the words that belong to components.

site-line = Ask for data, see what became of it

skip-link = Skip to the content
nav-label = Main
nav-requests = Requests
nav-datasets = Datasets
nav-notes = Notes
nav-dashboard = Dashboard
nav-desk = Desk
nav-ops = Operations
language-label = Language
language-en = English
language-fr = Français
breadcrumb-label = You are here
signed-in-as = Signed in as
sign-out = Sign out

footer-label = About this site
footer-api = Documentation for developers
footer-sign-in = Sign in (city staff)
footer-accessibility = This site is made to work with a keyboard, a screen reader, large text and no scripts. If something stops you, answer any of our mails: a person reads them.
footer-privacy = We keep your address to answer you, and nothing else about you. No tracking. The one cookie is set when you sign in.
footer-source = Made with Quartier, free software under the Apache License 2.0.

## Forms
title-error = Error:
error-prefix = Error:
error-summary-title =
    { $count ->
        [one] Please correct one thing
       *[other] Please correct { $count } things
    }
optional = (optional)
date-day = Day
date-month = Month
date-year = Year
badge-public = everyone can read this
badge-internal = only city staff read this
change = Change

## Status and lists
told-at = The person who asked was informed on { $when }.
told-not-yet = The person who asked is not informed yet.
task-verb = { $verb }:
task-due = Due { $date }
task-late = Late
filter-label = Choose what the list shows
filter-show = Show
filter-clear = Show everything
pager-label = Pages of this list
pager-previous = Back
pager-next = More
wishes-caption = What was wished and what was given
wishes-wanted = Wished
wishes-given = Given
wishes-verdict = Result
wishes-nothing = Nothing yet
verdict-met = Met
verdict-partly = Partly met
verdict-not = Not met
verdict-unknown = Not known yet
figure-table = Table

## Panels
receipt-reference = Your reference
mail-from = From
mail-to = To
mail-at = Sent
live-updated = This page has just been updated.
trace-error = Failed
trace-span = { $service }: { $duration } ms, starts at { $start } ms

## Pages for what went wrong
problem-status = Problem { $status }
problem-advice =
    { $status ->
        [401] Sign in, then open this page again.
        [403] You may need to sign in with another address, or to ask for the right to see this page.
        [404] Check the address. If it came from one of our mails or pages, answer the mail or write to the city.
        [410] This was here once. It has been taken away for good.
        [429] Wait a minute, then try again. Nothing that you typed is lost if you go back.
       *[other] Go back and try again in a moment. If it happens again, write to the city with the reference below.
    }
problem-to-requests = See all requests
problem-to-home = Go to the first page
problem-reference = Reference for the city:
