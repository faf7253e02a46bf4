### The note on publication and improvement. Sentences are whole messages; a section without facts is one sentence.

note-title = Note on publication and improvement: { $quarter }
note-draft = Draft, computed on reading from { $count ->
    [0] no facts yet.
    [one] one fact.
   *[other] { $count } facts.
}
note-period = It tells of what happened from { $first } to { $last }, in the time zone { $zone }.
note-nothing = –
note-other-language = { $language ->
    [fr] in French
   *[other] in English
}

## Summary
summary-heading = In five sentences
sentence-asked = { $received ->
    [0] Nobody asked the city for data.
    [one] The city received one request and gave a first look to { $looks }.
   *[other] The city received { $received } requests and gave a first look to { $looks }.
}
sentence-settled = { $settled ->
    [0] No request was settled.
    [one] One request was settled: answered, refused, withdrawn, or given a dataset.
   *[other] { $settled } requests were settled: answered, refused, withdrawn, or given a dataset.
}
sentence-published = { $versions ->
    [0] No dataset was published.
    [one] One version of a dataset was published, { $answered ->
        [0] and answered no request.
        [one] and answered one request: of the wishes behind it, { $met } of { $wishes } are met.
       *[other] and answered { $answered } requests: of the wishes behind them, { $met } of { $wishes } are met.
    }
   *[other] { $versions } versions of datasets were published, { $answered ->
        [0] and answered no request.
        [one] and answered one request: of the wishes behind it, { $met } of { $wishes } are met.
       *[other] and answered { $answered } requests: of the wishes behind them, { $met } of { $wishes } are met.
    }
}
sentence-dates = { $acts ->
    [0] No date was promised, moved or passed.
   *[other] The city promised { $promised ->
        [0] no date
        [one] one date
       *[other] { $promised } dates
    }, moved { $moved } and let { $passed } pass; the moves add up to { $days ->
        [one] one day.
       *[other] { $days } days.
    }
}
sentence-told = { $owed ->
    [0] No message was owed to a requester.
    [one] One message was owed to a requester and { $sent } sent; { $unreached ->
        [0] nobody is left to be reached another way.
        [one] one message still has to reach its reader another way.
       *[other] { $unreached } messages still have to reach their readers another way.
    }
   *[other] { $owed } messages were owed to requesters and { $sent } sent; { $unreached ->
        [0] nobody is left to be reached another way.
        [one] one message still has to reach its reader another way.
       *[other] { $unreached } messages still have to reach their readers another way.
    }
}

figures-heading = Figures at a glance
figures-caption = What happened in this quarter and in the one before
figures-figure = Figure
figures-now = This quarter
figures-before = Quarter before
figure-received = Requests received
figure-first_looks = First looks
figure-settled = Requests settled
figure-promised = Dates promised
figure-moved = Dates moved
figure-passed = Dates passed
figure-slip_days = Days of slip
figure-versions = Dataset versions published
figure-first_versions = of these, datasets published for the first time
figure-answered = Requests answered by a dataset
figure-wishes = Wishes compared
figure-wishes_met = Wishes met
figure-owed = Messages owed to requesters
figure-sent = Messages sent
figure-bounced = Messages bounced
figure-failed = Messages failed
figure-unknown = Messages whose arrival is unknown
stock-caption = Where all requests stood at the end
stock-label = Standing
stock-number = Requests

## What was asked
asked-heading = What was asked
asked-none = No request was received this quarter.
asked-caption = Requests received this quarter
asked-hidden = { $hidden ->
    [one] One more request is not public.
   *[other] { $hidden } more requests are not public.
}
asked-waiting = { $waiting ->
    [one] One more request waits for its first look.
   *[other] { $waiting } more requests wait for their first look.
}
column-request = Request
column-kind = Asks for
column-channel = Came by
column-asked-on = Asked on
column-standing = Stands at

## What was settled
settled-heading = What was settled
settled-none = No request was settled this quarter.
settled-counts-caption = Settled requests by outcome
settled-caption = Settled requests and the city’s words
settled-hidden = { $hidden ->
    [one] One of them is not public.
   *[other] { $hidden } of them are not public.
}
column-outcome = Outcome
column-number = Number
column-day = Day
column-why = Answer, motive and law
settled-dataset = The dataset
column-links = Links
settled-ground = Ground: { $ground }.
settled-article = Article: { $article }.
settled-appeal = An appeal is possible until { $day }.

## What was published and improved
published-heading = Published and improved
published-none = No dataset was published this quarter.
published-registered = { $registered ->
    [one] One dataset that the city had published before was entered in the catalogue.
   *[other] { $registered } datasets that the city had published before were entered in the catalogue.
}
published-version = { $title }, version { $version }
published-first = Published for the first time on { $day }.
published-new-version = A new version, published on { $day }.
published-no-request = It answers no request that is public.
published-hidden = { $hidden ->
    [one] One request that is not public was answered by a dataset.
   *[other] { $hidden } requests that are not public were answered by a dataset.
}
wishes-caption = { $ref }: what was wished and what was given
wishes-none = { $ref } came without wishes to compare.
column-wish = Wished
column-given = Given
column-verdict = Verdict
wish = { $property ->
    [area] Area
    [period] Period
    [spatial_unit] Spatial unit
    [frequency] Frequency
    [format] Format
    [licence] Licence
    [column] Column
    [resolution] Resolution
   *[other] Other
}: { $wanted }
verdict = { $word ->
    [met] met
    [partly] partly met
    [not] not met
   *[unknown] not comparable yet
}

## Dates
dates-heading = Dates promised, moved and passed
dates-none = No date was promised, moved or passed this quarter.
dates-caption = What happened to promised dates
dates-hidden = { $hidden ->
    [one] One more act concerns a request that is not public.
   *[other] { $hidden } more acts concern requests that are not public.
}
slips-caption = Days of slip by request
column-act = Act
column-date = Promised for
column-before = Before
column-slip = Days later
column-reason = Reason
column-slip-now = This quarter
column-slip-total = Since the first promise
act = { $word ->
    [promised] promised
    [moved] moved
   *[passed] passed
}

## Were people told
told-heading = Were people told?
told-none = No message was owed to a requester this quarter.
told-caption = Messages to requesters, by what they tell
told-waiting = { $waiting ->
    [one] One message is owed and not yet accounted for.
   *[other] { $waiting } messages are owed and not yet accounted for.
}
told-all-reached = Everybody who was owed a message had been reached at the end of the quarter, or her message is still on its way.
told-unreached = { $unreached ->
    [one] One message had not reached its reader at the end of the quarter.
   *[other] { $unreached } messages had not reached their readers at the end of the quarter.
}
unreached-caption = Requests whose requester was not reached at the end
column-message = Message
column-owed = Owed
column-sent = Sent
column-bounced = Bounced
column-failed = Failed
column-unknown = Unknown
column-resolved = Decided by a person
column-since = Since
notice-kind = { $word ->
    [acknowledgement] acknowledgement
    [answered] answer
    [selected] taken up
    [scheduled] date promised
    [rescheduled] date moved
    [date_passed] date passed
    [published] dataset published
    [refused] refusal
    [withdrawn] withdrawal
   *[other] { $word }
}

## Method
method-heading = How this note was made
method-text = It is computed from copies of the city’s events alone, and from the same ones always in the same way. Requests that are not public count in every figure and are named in none. Anybody can compute it again from the file of facts.
method-facts = The file of facts
method-hash = SHA-256 of the facts:

## Words of the register
label = { $word ->
    [received] received
    [question_for_you] question to the requester
    [in_this_quarters_list] in this quarter’s list
    [being_researched] being researched
    [date_promised] date promised
    [published] published
    [passed_to_another_body] passed to another body
    [joined_with_another] joined with another
    [answered] answered
    [withdrawn] withdrawn
   *[other] { $word }
}
kind = { $word ->
    [new] a new dataset
    [extend] more in a dataset
    [fix] a repair
   *[other] { $word }
}
channel = { $word ->
    [web] the web
    [social] social media
    [meetup_group] a meetup group
    [in_person_event] a meeting in person
    [newsletter] the newsletter
    [city_website] the city’s site
    [press] the press
    [phone] the telephone
    [partner] a partner
   *[other] { $word }
}
outcome = { $word ->
    [new_dataset] new dataset
    [improved_existing] dataset improved
    [already_available] already available
    [not_held] not held by the city
    [refused] refused
    [not_a_data_request] no request for data
    [technical_fix] technical repair
    [infeasible] not feasible
    [withdrawn] withdrawn by the requester
   *[other] { $word }
}
ground = { $word ->
    [personal_data] personal data
    [security] security
    [third_party_rights] rights of third parties
    [commercial_secrecy] commercial secrecy
    [draft] unfinished document
    [disproportionate] disproportionate effort
    [statistical_secrecy] statistical secrecy
    [not_collected] not collected
    [legal_prohibition] forbidden by law
   *[other] { $word }
}
