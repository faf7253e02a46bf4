# Mails and feed entries. $audience is "owner" (the person who asked) or "followed" (somebody who follows the request).
# Each kind has a subject, a headline that says what changed, and a sentence about what happens next.

confirm-subject = Please confirm your request to { $city }
confirm-headline = Please confirm that you asked { $city } for data.
confirm-next = The link opens a page with a button. Your request reaches the city when you press it, and not before. The link works for 72 hours.
confirm-action = Confirm my request

sign-in-subject = Your link to sign in to { $city }
sign-in-headline = Here is your link to sign in to { $city }.
sign-in-next = It works once, within 10 minutes. If you open it in another browser than the one in which you asked for it, the page asks for the code shown there.
sign-in-action = Sign in

follow-confirm-subject = { $ref }: please confirm that you want to follow it
follow-confirm-headline = Please confirm that you want news of request { $ref }.
follow-confirm-next = The link opens a page with a button; you follow the request once you press it. The link works for 72 hours.
follow-confirm-action = Follow this request

acknowledgement-subject = { $ref }: we have received your request
acknowledgement-headline = We have received your request. Its number is { $ref }.
acknowledgement-next = A person reads it by { $first_look } at the latest and decides whether everybody may see it. We write to you at each step.
acknowledgement-keep = Keep this mail: the link below is yours alone and shows everything about your request.
acknowledgement-action = See my request

opened-subject = { $ref }: on the public register
opened-headline = { $audience ->
    [owner] Your request { $ref } stands on the public register.
   *[followed] Request { $ref } stands on the public register.
}
opened-next = The city now sorts it: it answers, refuses with a reason, or takes it up.

answered-subject = { $ref }: the city has answered
answered-headline = { $audience ->
    [owner] The city has answered your request { $ref }.
   *[followed] The city has answered request { $ref }.
}
answered-next = { $audience ->
    [owner] The request is closed with this answer. If it is not what you asked for, reply to this mail: a person reads it.
   *[followed] The request is closed with this answer.
}

selected-subject = { $ref }: the city is working on it
selected-headline = { $audience ->
    [owner] The city has taken up your request { $ref }.
   *[followed] The city has taken up request { $ref }.
}
selected-next = The city looks for the data and what stands in the way. You hear from us when a date is set.

scheduled-subject = { $ref }: promised for { $when }
scheduled-headline = { $audience ->
    [owner] The data you asked for in { $ref } is promised for { $when }.
   *[followed] The data asked for in { $ref } is promised for { $when }.
}
scheduled-next = You hear from us when it is out, when the date moves, and when it passes without the data.

rescheduled-subject = { $ref }: new date, { $when }
rescheduled-headline = The date of { $ref } moves from { $previous } to { $when }.
rescheduled-next = { $audience ->
    [owner] You hear from us when the data is out or the date moves again.
   *[followed] The change stands on the page of the request. You hear from us when the data is out or the date moves again.
}

date_passed-subject = { $ref }: the promised date has passed
date_passed-headline = The city promised the data of { $ref } for { $when }. That has passed, and the data is not out.
date_passed-next = { $audience ->
    [owner] The office in charge has been told. You hear from us as soon as there is a new date or the data.
   *[followed] The delay stands on the page of the request. You hear from us as soon as there is a new date or the data.
}

published-subject = { $ref }: the data is out
published-headline = { $audience ->
    [owner] The data you asked for in { $ref } is out: { $dataset }.
   *[followed] The data asked for in { $ref } is out: { $dataset }.
}
published-next = { $audience ->
    [owner] If something that you need is missing, reply to this mail: a person reads it.
   *[followed] The request is answered by this dataset.
}
published-dataset = The dataset
published-wishes = What was asked for, and what is given

refused-subject = { $ref }: the city says no
refused-headline = { $audience ->
    [owner] The city does not publish the data you asked for in { $ref }.
   *[followed] The city does not publish the data asked for in { $ref }.
}
refused-ground = The reason
refused-motive = In detail
refused-article = The legal basis
refused-redress = How to contest this
refused-appeal = { $audience ->
    [owner] You can contest this decision until { $appeal_by }.
   *[followed] The person who asked can contest this decision until { $appeal_by }.
}
refused-next = { $audience ->
    [owner] The request is closed with this decision. If you have a question about it, reply to this mail: a person reads it.
   *[followed] The request is closed with this decision. It stands on the page of the request.
}

withdrawn-subject = { $ref }: withdrawn
withdrawn-headline = { $audience ->
    [owner] You have withdrawn your request { $ref }.
   *[followed] Request { $ref } has been withdrawn by the person who asked.
}
withdrawn-next = The city stops working on it. Anybody may ask for the same again.

# What all kinds share.
action-owner = See my request
action-followed = See the request
asked-for = The request
answer = The answer
motive = Why
links = Links
next = What happens next
also = Also
why = Why you get this
quoted = “{ $text }”
elsewhere = { $code ->
    [fr] (in French)
   *[en] (in English)
}

why-owner = You asked { $city } for this data, and the city owes you an answer at each step: these mails cannot be switched off. To change your address, reply to this mail. To withdraw the request, follow the link above.
why-followed = You follow this request. One click ends it:
why-unsubscribe = Stop following
why-confirm = Somebody typed this address on the website of { $city }. If it was not you, do nothing: you will hear no more of it, and what was typed is deleted.
why-sign-in = Somebody asked to sign in to { $city } with this address. If it was not you, do nothing: without this link nobody gets in.
why-follow-confirm = Somebody typed this address to follow a request to { $city }. If it was not you, do nothing: you will hear no more of it.

outcome = { $code ->
    [new_dataset] A new dataset was published.
    [improved_existing] A dataset that existed was extended or repaired.
    [already_available] The data is published already.
    [not_held] The city does not hold this data.
    [refused] The city may not publish this data.
    [not_a_data_request] This is not a question of data.
    [technical_fix] The fault is repaired.
    [infeasible] The data cannot be published with reasonable effort.
    [withdrawn] The request was withdrawn.
   *[other] The request is settled.
}

ground = { $code ->
    [personal_data] It would reveal personal data.
    [security] It would endanger security.
    [third_party_rights] Others hold rights in it.
    [commercial_secrecy] It holds business secrets.
    [draft] It is not finished.
    [disproportionate] Preparing it would take disproportionate effort.
    [statistical_secrecy] It is under statistical secrecy.
    [not_collected] It is not collected.
    [legal_prohibition] A law forbids it.
   *[other] Another reason, named below.
}

property = { $code ->
    [area] Area
    [period] Period
    [spatial_unit] Spatial unit
    [frequency] Frequency
    [format] Format
    [licence] Licence
    [column] Column
    [resolution] Resolution
   *[other] Other
}

verdict = { $code ->
    [met] given
    [partly] partly given
    [not] not given
   *[unknown] a person still has to compare
}

weight = { $code ->
    [must] needed
   *[nice] welcome
}

wish-wanted = Asked for
wish-given = Given
wish-verdict = Result
wish-nothing = nothing declared

feed-title = Request { $ref }

colon = :
