"""A note is a pure function of facts."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quartier.contracts.wishes import Coverage, Wish
from quartier.contracts.words import Language
from quartier_publications.notes import facts as known
from quartier_publications.notes import page
from quartier_publications.notes.facts import Fact
from quartier_publications.notes.note import Note, build, facts_of, json_bytes
from quartier_publications.notes.period import Period, quarter, quarter_of, quarters_between

ZONE = "Europe/Paris"
Q4 = quarter("2026-4", ZONE)
WISHES = [Wish(property="column", wanted="height"), Wish(property="format", wanted="CSV"), Wish(property="frequency", wanted="daily")]
COVERAGE = Coverage(columns=["species"], formats=["csv"], frequency="weekly")

PATIENT = settings(deadline=None, max_examples=60)
"""A busy machine is no fault of a note's."""


def rich(told: Any) -> list[Fact]:
    """A quarter in which everything happens that this slice knows, to public and to hidden requests."""
    told.request(1)
    told.answered(1)
    told.request(2, "requester_only", title="My neighbour")
    told.refused(2, "requester_only")
    told.request(3)
    told.refused(3)
    fourth = told.request(4, title="<b>Trees</b> & \"shrubs\"")
    told.scheduled(4, date(2026, 11, 1))
    told.moved(4, date(2026, 11, 1), date(2026, 11, 30))
    told.passed(4, date(2026, 11, 30))
    told.published(4, wishes=WISHES, coverage=COVERAGE)
    told.owed(fourth, "published", "bounced")
    told.request(5, first_look=False)
    told.request(6, "requester_only")
    told.scheduled(6, date(2026, 12, 1), "requester_only")
    told.moved(6, date(2026, 12, 1), date(2026, 12, 11), "requester_only")
    told.published(6, "requester_only", version="1.1.0", wishes=WISHES, coverage=COVERAGE, is_first=False)
    told.owed(told.request(7), "scheduled", "reached")
    told.withdrawn(7)
    return told.facts


@st.composite
def lives(draw: st.DrawFn, telling: Any) -> list[Fact]:
    """Facts of several requests with lives of any length, some before the quarter, some within, some after it."""
    told = telling(draw(st.sampled_from([datetime(2026, 9, 29, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)])))
    for number in range(draw(st.integers(0, 6))):
        visibility = draw(st.sampled_from(["public", "requester_only"]))
        request = told.request(number, visibility)
        told.later(hours=draw(st.integers(0, 1000)))
        match draw(st.sampled_from(["nothing", "answered", "refused", "withdrawn", "promised", "published"])):
            case "answered":
                told.answered(number, visibility)
            case "refused":
                told.refused(number, visibility)
            case "withdrawn":
                told.withdrawn(number, visibility)
            case "promised" | "published" as end:
                told.scheduled(number, date(2026, 11, 1), visibility)
                for days in draw(st.lists(st.integers(-20, 200), max_size=3)):
                    told.moved(number, date(2026, 11, 1), date(2026, 11, 1) + timedelta(days=days), visibility)
                if end == "published":
                    told.published(number, visibility, version=f"1.{number}.0", wishes=WISHES[:draw(st.integers(0, 3))], coverage=COVERAGE)
        told.owed(request, "answered", draw(st.sampled_from(["sent", "bounced", "reached"])))
    return told.facts


@PATIENT
@given(data=st.data(), chance=st.randoms(use_true_random=False))
def test_any_order_and_any_repetition_of_arrival_gives_the_same_bytes(data: st.DataObject, chance: Any, telling: Any) -> None:
    facts = data.draw(lives(telling))
    arrived = facts + chance.choices(facts, k=len(facts)) if facts else []
    chance.shuffle(arrived)
    assert json_bytes(build(arrived, Q4)) == json_bytes(build(facts, Q4))
    for lang in Language:
        assert page.html(build(arrived, Q4), lang, "https://c") == page.html(build(facts, Q4), lang, "https://c")


@PATIENT
@given(data=st.data(), days=st.integers(0, 92))
def test_a_quarter_split_at_any_day_loses_and_repeats_nothing(data: st.DataObject, days: int, telling: Any) -> None:
    facts = data.draw(lives(telling))
    cut = (Q4.starts_at.astimezone(ZoneInfo(ZONE)) + timedelta(days=days)).astimezone(UTC)
    first, second = (build(facts, Period("part", start, end, ZONE)) for start, end in ((Q4.starts_at, cut), (cut, Q4.ends_at)))
    whole = build(facts, Q4)
    for name, value in whole.summary.figures:
        if name not in ("wishes", "wishes_met"):  # a request's wishes are readable once it is public
            assert value == getattr(first.summary.figures, name) + getattr(second.summary.figures, name), name
    assert whole.settled.total == first.settled.total + second.settled.total
    assert len(whole.settled.rows) == len(first.settled.rows) + len(second.settled.rows)
    assert whole.dates.slip_days == first.dates.slip_days + second.dates.slip_days
    assert whole.told.unreached == second.told.unreached and whole.summary.stock == second.summary.stock


@PATIENT
@given(data=st.data())
def test_whoever_has_the_published_facts_computes_the_same_note(data: st.DataObject, telling: Any) -> None:
    facts = data.draw(lives(telling))
    lines = known.canonical(facts_of(facts, Q4))
    note = build(facts, Q4)
    assert json_bytes(build(known.read(lines), Q4)) == json_bytes(note)
    assert known.digest(lines) == note.facts.sha256


def test_the_published_facts_do_not_name_a_request_that_is_not_public(told: Any) -> None:
    lines = known.canonical(facts_of(rich(told), Q4)).decode()
    for hidden in ("R-2026-0002", "R-2026-0005", "R-2026-0006", "My neighbour", "person_id"):
        assert hidden not in lines
    for public in ("R-2026-0001", "R-2026-0003", "R-2026-0004"):
        assert public in lines
    published = [json.loads(line) for line in lines.splitlines() if "dataset.published" in line]
    assert [len(fact["data"]["request_ids"]) for fact in published] == [1, 0]


@PATIENT
@given(data=st.data(), seconds=st.lists(st.integers(0, 3599), min_size=40, max_size=40))
def test_the_published_facts_tell_no_time_of_day(data: st.DataObject, seconds: list[int], telling: Any) -> None:
    """The minute at which she asked or withdrew changes no byte of what is published; the day and the order of her acts do."""
    facts = [replace(fact, occurred_at=fact.occurred_at.replace(hour=9, minute=0, second=0)) for fact in data.draw(lives(telling))]
    later = [replace(fact, occurred_at=fact.occurred_at + timedelta(seconds=seconds[place % 40])) for place, fact in enumerate(facts)]
    assert known.canonical(facts_of(later, Q4)) == known.canonical(facts_of(facts, Q4))
    assert json_bytes(build(later, Q4)) == json_bytes(build(facts, Q4))


def test_no_id_and_no_word_of_a_published_fact_holds_the_instant_of_an_act(telling: Any) -> None:
    facts = rich(telling(datetime(2026, 10, 5, 9, 17, tzinfo=UTC)))
    lines = known.canonical(facts_of(facts, Q4)).decode()
    for fact in facts:
        if fact.request_id is None:
            continue  # When the city let a version out is no secret.
        assert fact.occurred_at.isoformat()[:16] not in lines
        assert f'"{fact.id}"' not in lines
        assert fact.data.get("notice_id", "none") not in lines
    assert {line["occurred_at"][10:] for line in map(json.loads, lines.splitlines())} <= {"T22:00:00.000000Z", "T23:00:00.000000Z"}


def test_an_act_of_the_first_minute_of_a_quarter_stays_in_its_quarter(telling: Any) -> None:
    told = telling(datetime(2026, 9, 30, 22, 1, tzinfo=UTC))  # 00:01 on 1 October in Paris
    told.request(1)
    assert build(told.facts, Q4).asked.total == 1
    assert build(told.facts, Q4).asked.rows[0].on == date(2026, 10, 1)
    assert build(told.facts, quarter("2026-3", ZONE)).asked.total == 0


def test_requests_that_are_not_public_count_and_are_not_named(told: Any) -> None:
    note = build(rich(told), Q4)
    assert (note.asked.total, note.asked.hidden, note.asked.waiting) == (7, 2, 1)
    assert [row.ref for row in note.asked.rows] == ["R-2026-0001", "R-2026-0003", "R-2026-0004", "R-2026-0007"]
    assert note.settled.by_outcome == {"already_available": 1, "new_dataset": 2, "refused": 2, "withdrawn": 1}
    assert (note.settled.total, note.settled.hidden) == (6, 2)
    assert (note.dates.promised, note.dates.moved, note.dates.passed, note.dates.slip_days, note.dates.hidden) == (2, 2, 1, 39, 2)
    assert [(row.version, len(row.answers)) for row in note.published.rows] == [("1.0.0", 1), ("1.1.0", 0)]
    assert (note.published.answered, note.published.hidden) == (2, 1)


def test_a_refusal_stands_in_the_note_with_ground_article_and_redress(told: Any) -> None:
    row = next(row for row in build(rich(told), Q4).settled.rows if row.outcome == "refused")
    assert (row.ref, row.ground, row.article, row.appeal_by) == ("R-2026-0003", "personal_data", "CRPA L311-6", date(2027, 1, 31))
    text = page.html(build(told.facts, Q4), Language.FR, "https://c")
    assert "données personnelles" in text and "CRPA L311-6" in text and "31 janvier 2027" in text
    assert '<span lang="en">Ask CADA.</span> (en anglais)' in text


def test_wishes_stand_beside_what_was_given(told: Any) -> None:
    [answer] = build(rich(told), Q4).published.rows[0].answers
    assert [(cell.wanted, cell.verdict.value) for cell in answer.wishes] == [("height", "not"), ("CSV", "met"), ("daily", "partly")]
    assert build(told.facts, Q4).published.verdicts == {"met": 1, "not": 1, "partly": 1}


def test_slip_days_add_up_over_quarters(told: Any) -> None:
    told.request(8)
    told.scheduled(8, date(2026, 12, 1))
    told.moved(8, date(2026, 12, 1), date(2027, 2, 1))
    told.later(days=90)
    told.moved(8, date(2027, 2, 1), date(2027, 6, 1))
    [first] = build(told.facts, Q4).dates.slips
    [second] = build(told.facts, quarter("2027-1", ZONE)).dates.slips
    assert (first.days, first.total, second.days, second.total) == (62, 62, 120, 182)


def test_a_request_that_nobody_could_reach_stays_in_the_note_until_she_is_reached(told: Any) -> None:
    note = build(rich(told), Q4)
    assert (note.told.owed, note.told.sent, note.told.bounced, note.told.unreached) == (9, 7, 2, 1)
    assert [(row.ref, row.kinds) for row in note.told.unreached_rows] == [("R-2026-0004", ["published"])]
    later = build(told.facts, quarter("2027-1", ZONE))
    assert later.told.owed == 0 and later.told.unreached == 1


def test_facts_before_the_quarter_are_its_stock_and_facts_after_it_are_left_out(told: Any) -> None:
    told.request(1)
    told.later(days=100)
    told.answered(1)
    spring = build(told.facts, quarter("2027-1", ZONE))
    assert spring.asked.total == 0 and spring.settled.rows[0].title.text == "Data of kind 1"
    assert spring.summary.before.received == 1
    autumn = build(told.facts, Q4)
    assert autumn.settled.total == 0 and autumn.summary.stock == {"received": 1}
    assert autumn.facts.count == len(told.facts) - 1


def test_a_fact_that_arrives_late_lands_in_the_note_of_its_own_day(told: Any) -> None:
    told.request(1)
    told.later(days=100).request(2)
    without = [fact for fact in told.facts if not fact.type.endswith("triage.started.v1")]
    before, after = build(without, Q4), build(told.facts, Q4)
    assert (before.asked.waiting, after.asked.waiting) == (1, 0)
    assert before.facts.sha256 != after.facts.sha256


def test_a_fact_of_an_unknown_type_is_counted_and_changes_nothing_else(told: Any) -> None:
    facts = rich(told)
    strange = replace(facts[-1], id="x", type="org.quartier.lamp.lit.v1", data={"lamp_id": 1})
    one, other = (build(all_, Q4).model_dump(exclude={"facts"}) for all_ in (facts, [*facts, strange]))
    assert one == other
    assert build([*facts, strange], Q4).facts.count == len(facts) + 1


def test_a_note_without_facts_says_so_in_one_sentence_a_section() -> None:
    note = build([], Q4)
    assert note.facts.count == 0 and note.asked.total == 0
    text = page.html(note, Language.EN, "https://c")
    for sentence in ("No request was received this quarter.", "No request was settled this quarter.",
                     "No dataset was published this quarter.", "No date was promised, moved or passed this quarter.",
                     "No message was owed to a requester this quarter."):
        assert sentence in text


class Outline(HTMLParser):
    """The skeleton of a page: its tags in order, and what accessibility asks of tables."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.loose_cells = self.styles = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        names = dict(attrs)
        self.ids += [names["id"]] if "id" in names else []
        self.loose_cells += tag == "th" and "scope" not in names
        self.styles += "style" in names or tag in ("style", "script") or any(name.startswith("on") for name in names)

    @property
    def headings(self) -> list[int]:
        return [int(tag[1]) for tag in self.tags if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit()]


@pytest.fixture
def note(told: Any) -> Note:
    """The note of a quarter in which everything happened."""
    return build(rich(told), Q4)


@pytest.mark.parametrize("lang", list(Language))
def test_the_page_has_one_h1_ordered_headings_captions_and_scopes(note: Note, lang: Language) -> None:
    for shown in (note, build([], Q4)):
        outline = Outline(page.html(shown, lang, "https://c"))
        assert outline.headings.count(1) == 1 and outline.headings[0] == 1
        assert all(after - before <= 1 for before, after in zip(outline.headings, outline.headings[1:], strict=False))
        assert outline.tags.count("table") == outline.tags.count("caption") > 0
        assert outline.loose_cells == 0 and outline.styles == 0
        assert len(outline.ids) == len(set(outline.ids))


def test_english_and_french_have_the_same_structure(note: Note) -> None:
    english, french = (Outline(page.html(note, lang, "https://c")) for lang in Language)
    assert [tag for tag in english.tags if tag != "span"] == [tag for tag in french.tags if tag != "span"]
    assert english.ids == french.ids


def test_the_fragment_is_the_article_alone(note: Note) -> None:
    fragment = page.html(note, Language.EN, "https://c", fragment=True)
    assert fragment.startswith("<article") and fragment.rstrip().endswith("</article>")
    assert Outline(fragment).headings[0] == 2 and 1 not in Outline(fragment).headings
    assert fragment.strip() in page.html(note, Language.EN, "https://c")


def test_markup_in_a_title_is_shown_and_not_obeyed(note: Note) -> None:
    text = page.html(note, Language.EN, "https://c")
    assert "&lt;b&gt;Trees&lt;/b&gt; &amp; &#34;shrubs&#34;" in text and "<b>" not in text


def test_quarters_begin_and_end_at_the_city_s_midnight_across_the_change_of_clocks() -> None:
    assert Q4.starts_at == datetime(2026, 9, 30, 22, tzinfo=UTC) and Q4.ends_at == datetime(2026, 12, 31, 23, tzinfo=UTC)
    assert Q4.previous.ends_at == Q4.starts_at
    assert quarter_of(Q4.ends_at, ZONE) == "2027-1" and quarter_of(Q4.ends_at - timedelta(microseconds=1), ZONE) == "2026-4"
    assert quarters_between("2025-4", "2026-2") == ["2026-2", "2026-1", "2025-4"]
    assert quarter("2026-5", ZONE) is None and quarter("2026-4x", ZONE) is None
