### What people read about a request: its label, where it stands, what happened, and what an officer can do.

## Public labels
request-label-unconfirmed = waiting for your confirmation
request-label-received = received
request-label-being_researched = being researched
request-label-date_promised = date promised
request-label-published = published
request-label-answered = answered
request-label-withdrawn = withdrawn

## One plain sentence a state
request-status-awaiting_confirmation = Nobody reads this yet: confirm it with the link in your mail.
request-status-submitted = The city has received this request. Somebody reads it by { $due } at the latest.
request-status-triage = Somebody at the city has read this request and is finding out what can be done.
request-status-in_research = The city has taken this request up and is looking for the data. A date follows.
request-status-scheduled =
    { $passed ->
        [yes] The city had promised the data for { $expected }. That time has passed without it.
       *[no] The city has promised the data for { $expected }.
    }
request-status-published =
    { $outcome ->
        [new_dataset] The data is published for the first time: { $dataset }.
       *[improved_existing] The data is published in an improved dataset: { $dataset }.
    }
request-status-answered_closed =
    { $outcome ->
        [already_available] The city has answered: the data is published already.
        [not_a_data_request] The city has answered: this is a matter for another city service.
        [technical_fix] The city has answered: what was broken is repaired.
        [not_held] The city has answered: it does not hold this data.
        [infeasible] The city has answered: it cannot make this data available.
       *[refused] The city has refused to publish this data. The answer says why and how to appeal.
    }
request-status-withdrawn = The person who asked has taken this request back. Anybody may ask for the same.

## One plain sentence a fact
request-event-request-drafted = Somebody wrote a request and was sent a link to confirm it.
request-event-request-submitted = The request reached the city.
request-event-triage-started = Somebody at the city read the request.
request-event-triage-escalated = Nobody had read the request in time; the next level was told.
request-event-request-answered =
    { $outcome ->
        [already_available] The city answered that the data is published already.
        [technical_fix] The city answered that what was broken is repaired.
       *[not_a_data_request] The city answered that this is a matter for another city service.
    }
request-event-request-taken_up = The city took the request up and began to look for the data.
request-event-publication-scheduled = The city promised the data for { $expected }.
request-event-publication-rescheduled = The city moved the promised date from { $previous } to { $expected }.
request-event-publication-date_passed = The promised time, { $expected }, passed without the data.
request-event-request-published =
    { $outcome ->
        [new_dataset] The city published a new dataset for this request: { $dataset }.
       *[improved_existing] The city published an improved dataset for this request: { $dataset }.
    }
request-event-request-refused =
    { $outcome ->
        [not_held] The city answered that it does not hold this data.
        [infeasible] The city answered that it cannot make this data available.
       *[refused] The city refused to publish this data.
    }
request-event-request-withdrawn = The person who asked took the request back.
request-event-dataset-linked = A dataset version that also concerns this request was published: { $dataset }.

## What staff can do
request-act-start_triage = Record the first look
request-act-answer = Answer the request
request-act-take_up = Take the request up
request-act-schedule = Promise a date
request-act-reschedule = Move the promised date
request-act-refuse = Refuse the request

request-note-day-off = Nobody works on { $day }.

## Why a task stands in a queue
request-task-first_look = Give it its first look.
request-task-sorting-triage = Answer it or take it up.
request-task-sorting-in_research = Promise a date for the data.
request-task-sorting-claimed = A dataset that concerns it is published: answer with its link.
request-task-dates-soon = The promised time ends soon: publish, or move the date and say why.
request-task-dates-passed = The promised time has passed: publish, or move the date and say why.
request-task-decisions = If it has to be refused, you can decide it.
request-task-unreached-bounced = The mail came back: tell the person another way.
request-task-unreached-failed = The mail could not be sent: tell the person another way.
request-task-unreached-unknown = Nobody knows whether the mail arrived: look at the delivery, or tell the person another way.
request-task-unreached-overdue = The mail has been waiting for more than an hour: look at the delivery, or tell the person another way.

## What is wrong with a field
field-several_lines = Please write this on one line.
field-period_reversed = The period ends before it begins.
field-says_nothing = Write this in English, in French, or in both.
