### The officers’ desk.

desk-title = Desk
desk-versions = Versions that wait for a second person
desk-versions-fills = A version appears here when an officer has prepared it.
desk-deliveries = Messages that need a person
desk-deliveries-lead = Nobody knows whether these arrived. Look at what the mail servers said, and decide.
desk-deliveries-fills = A message appears here when its line broke after the text was handed over.
desk-delivery-reason = Why you decide so
desk-count-as-sent = Count it as sent
desk-send-again = Send it again
desk-new-dataset = Enter a new dataset
desk-new-version = Prepare a version
desk-enter-dataset = Enter it as a draft
desk-prepare = Prepare it
desk-prepared = The version is prepared
desk-prepared-more = It goes out when somebody else approves it.
desk-own-version = You prepared it: somebody else has to approve it.
desk-approve-lead = Once approved it is public at once, and whoever asked for it is told.
desk-approve = Approve and publish
desk-version-lead = What you declare here is compared, line by line, with what was wished.
desk-coverage = What it covers
desk-choose = Choose
desk-done = Done
desk-done-more = It is public now, and whoever has to be told gets a mail.
desk-unreached = Something has not reached the person who asked
desk-told-how = How you told her: by phone, by letter, at the counter
desk-told = I have told her
desk-acts = What can be done
desk-no-acts = Nothing can be done with it at the moment, or not by you.
desk-refused = This was not done
desk-moved-on = The request has moved on since you opened the form: somebody else was faster. What you typed:
desk-preview = Show what will be read
desk-links-hint = One address a line
desk-date-hint = Such as 2027-03-31, 2027-03 or 2027-Q1
desk-day-hint = Such as 2027-03-31

queue-first_look = First look
queue-first_look-fills = A request appears here as soon as its requester has confirmed it.
queue-sorting = Sorting
queue-sorting-fills = A request appears here after its first look, until it is answered or has a date.
queue-dates = Dates
queue-dates-fills = A request appears here ten days before its promised date, and when the date has passed.
queue-decisions = Decisions for an approver
queue-decisions-fills = A request appears here while it can be refused.
queue-unreached = People who were not reached
queue-unreached-fills = A request appears here when a mail to its requester did not arrive.
queue-empty = Nothing waits here.
queue-count =
    { $count ->
        [0] nothing waits
        [one] one waits
       *[other] { $count } wait
    }
queue-late =
    { $count ->
        [one] one is late
       *[other] { $count } are late
    }

visibility-held = Nobody but the city’s staff sees it yet.
visibility-public = Everybody can read it.
visibility-requester_only = Only its requester sees it.
outcome-already_available = The data is published already
outcome-not_a_data_request = It is a matter for another city service
outcome-technical_fix = What was broken is repaired
outcome-refused = Refused
outcome-not_held = The city does not hold it
outcome-infeasible = It cannot be done
precision-day = on that day
precision-month = in that month
precision-quarter = in that quarter

field-visibility = Who may read it?
field-reason = Why only the requester?
field-outcome = What is it?
field-answer-en = Answer in English
field-answer-fr = Answer in French
field-links = Links
field-motive-en = Reason in English
field-motive-fr = Reason in French
field-date = Until when?
field-precision = How exactly?
field-why-en = Why it moves, in English
field-why-fr = Why it moves, in French
field-ground = Ground of the refusal
field-article = Article of the law
field-redress-en = How to appeal, in English
field-redress-fr = How to appeal, in French
field-appeal_by = Appeal until
field-slug = Short name
field-slug-hint = Lower-case letters, digits and hyphens. It stands in the address for ever.
field-title-en = Title in English
field-title-fr = Title in French
field-description-en = Description in English
field-description-fr = Description in French
field-frequency-hint = Such as daily, weekly, monthly, quarterly, yearly
field-dataset = Dataset
field-number = Number
field-number-hint = Such as 1.0.0, above the one that is out
field-change_note-en = What has changed, in English
field-change_note-fr = What has changed, in French
field-format-hint = Such as CSV
field-url = Where it lies
field-requests = Requests that it answers
field-requests-hint = References, such as R-2027-0042, with spaces between them
field-list-hint = Separated by commas

preview-title = This is what will be read
preview-lead = Nothing has been done yet.
preview-public-everyone = Everybody reads
preview-public-requester = The requester reads on her page
preview-mail = This mail goes out
preview-no-mail = No mail goes out.
preview-do = Do it
preview-change = Change something
desk-message-id = Message-ID

wrong-slug = Lower-case letters, digits and single hyphens, such as street-trees
wrong-number = Three numbers with points between them, such as 1.0.0
wrong-requests = A reference such as R-2026-0042, or several with commas between them
wrong-url = An address that begins with https:// or http://
wrong-texts = Write it in at least one of the two languages
