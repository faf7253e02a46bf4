### The public pages: first page, register, one request, following, figures, datasets, notes.

colon = :
only-in-en = In English only:
only-in-fr = In French only:

home-title = Ask your city for data
home-lead = Whoever asks gets an answer, and is told. Whatever was promised stands here with its date.
home-question = What do you want to do?
home-ask = Ask for data
home-ask-more = Say what you need. You get a reference, a date and an answer.
home-requests = See what others asked
home-requests-more = Every request, what the city answered, and which dates it keeps.
home-datasets = Find published data
home-datasets-more = Every dataset of the city, with what changed in each version.
home-notes = Read how the quarter went
home-notes-more = What was asked, answered, published and promised, counted from facts.

label-received = received
label-being_researched = being researched
label-date_promised = date promised
label-published = published
label-answered = answered
label-withdrawn = withdrawn

register-title =
    { $kind ->
        [both] Requests: { $label }, “{ $words }”
        [label] Requests: { $label }
        [words] Requests: “{ $words }”
       *[all] Requests
    }
register-lead = What people asked the city to publish, and what became of it.
register-label = How it stands
register-any = everything
register-words = Words or reference
register-list = The requests
register-said =
    { $kind ->
        [both] Requests that are: { $label }, with the words “{ $words }”.
        [label] Requests that are: { $label }.
        [words] Requests with the words “{ $words }”.
       *[all] All public requests, the newest first.
    }
register-empty = Nothing stands here.
register-empty-fills = A request appears here once somebody at the city has read it.
register-hidden =
    { $count ->
        [0] No request is hidden.
        [one] One more request is hidden: nobody has read it yet, or it concerns private matters.
       *[other] { $count } more requests are hidden: nobody has read them yet, or they concern private matters.
    }
register-data = The register as data
register-csv = Requests as CSV
register-jsonl = Requests as JSON Lines
register-events = Everything that happened, as CSV
register-schema = What the columns mean

request-answer = What the city answered
request-ground = Ground:
request-redress = If you disagree
request-appeal-by = You can appeal until { $on }.
request-wishes = What the data must have
request-promises = Promised dates
request-promise-what = What happened
request-promise-date = Date
request-promise-why = Why
slip-promised = promised
slip-moved =
    { $days ->
        [one] moved by one day
       *[other] moved by { $days } days
    }
slip-passed = passed without the data
request-history = What happened so far
request-asked = What was asked
request-kind = Kind
request-informed = The person who asked was informed on { $on }.
request-not-informed = Something has not reached the person who asked yet. Somebody is finding another way.
ground-personal_data = personal data
ground-security = public security
ground-third_party_rights = rights of others
ground-commercial_secrecy = commercial secrecy
ground-draft = not finished
ground-disproportionate = disproportionate effort
ground-statistical_secrecy = statistical secrecy
ground-not_collected = not collected
ground-legal_prohibition = forbidden by law

follow-title = Follow this request
follow-lead = Get a mail whenever it moves. Or use the
follow-atom = news feed (Atom)
follow-button = Follow
follow-sent-title = Look into your mailbox to follow the request
follow-sent-next = Open the link and press the button on its page. Only then do you follow the request.
follow-back = Back to the request

dashboard-title = The city in figures
dashboard-lead = Counted from the same events that move the requests. This page keeps itself fresh.
dashboard-asked = requests
dashboard-median = median time to the answer or the data
dashboard-slips = promised dates that moved or passed
dashboard-days =
    { $days ->
        [one] { $days } day
       *[other] { $days } days
    }
dashboard-no-median = none has ended
dashboard-states = How they stand
dashboard-states-title = Requests by state
dashboard-states-said =
    { $asked ->
        [0] Nobody has asked yet.
        [one] There is one request; { $ended } has ended.
       *[other] There are { $asked } requests; { $ended } of them have ended.
    }
dashboard-state = State
dashboard-count = Requests
dashboard-source = Source: events of requests.
dashboard-latest = What moved last
dashboard-moved = Moved on { $on }

datasets-title = Datasets
datasets-lead = What the city publishes, and what it has promised to publish.
datasets-out = Published
datasets-empty = No dataset is published yet.
datasets-empty-fills = One appears here when a second person at the city has approved it.
datasets-awaited = Promised
datasets-awaited-on = Promised for { $on }
datasets-awaited-none = No dataset is promised at the moment.
datasets-dcat = Catalogue entry (DCAT, JSON-LD)
datasets-atom = News feed (Atom)
dataset-published = published
dataset-draft = in preparation
dataset-version = version { $number }
dataset-versions = Versions
dataset-publisher = Published by
dataset-licence = Licence
dataset-columns = Columns
dataset-formats = Formats
dataset-download = { $format }, version { $number }
dataset-answers = Answers the requests
dataset-missing = Is something missing?
dataset-ask-more = Ask for more of this data

notes-title = Notes on publication
notes-lead = What was asked, answered, published and promised in each quarter, computed from facts alone.
notes-empty = There is no note yet.
notes-empty-fills = The first one appears with the first fact.
note-title = Note { $number }
note-period = { $first } to { $last }, as it stands today
note-facts = The facts behind it (JSON Lines)

problem-kind = Kind of problem
problem-kind-advice = The answer that led you here says in “detail” what to do, and in “errors” which fields are concerned. Its trace id helps the city to find what happened.
problem-status-code = HTTP { $status }
