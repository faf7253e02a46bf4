"""Who may begin which act of notify."""

from quartier.auth import Policies, Rule
from quartier.contracts.accounts import Role
from quartier.contracts.notices import Purpose

PEOPLE = frozenset({Role.RESIDENT, Role.OFFICER, Role.APPROVER, Role.EDITOR, Role.OPERATOR})

policies = Policies({
    "subscription.confirm": Rule(purposes={Purpose.CONFIRM}),
    "subscription.read": Rule(roles=PEOPLE, purposes={Purpose.CONFIRM, Purpose.UNSUBSCRIBE}),
    "subscription.end": Rule(roles=PEOPLE, purposes={Purpose.UNSUBSCRIBE}),
    "subscription.list": Rule(roles=PEOPLE),
    "notice.list": Rule(roles=PEOPLE),
    "delivery.read": Rule(roles={Role.OFFICER, Role.OPERATOR}),
    "delivery.resolve": Rule(roles={Role.OFFICER}),
    "queue.read": Rule(roles={Role.OPERATOR}),
    "mailbox.read": Rule(roles={Role.OPERATOR}),
    "mail.preview": Rule(roles={Role.OFFICER, Role.APPROVER, Role.SERVICE}),
})
