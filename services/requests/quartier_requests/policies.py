"""Who may begin which act. What depends on the request itself (its state, whose it is, four eyes) stands with the act."""

from quartier.auth import Policies, Rule
from quartier.contracts.accounts import Role
from quartier.contracts.notices import Purpose

STAFF = {Role.OFFICER, Role.APPROVER}

policies = Policies({
    "request.confirm": Rule(purposes={Purpose.CONFIRM}),
    "request.read-own": Rule(roles={Role.RESIDENT, *STAFF}, purposes={Purpose.STATUS, Purpose.CONFIRM}),
    "request.withdraw": Rule(roles={Role.RESIDENT, *STAFF}, purposes={Purpose.STATUS}),
    "request.transition": Rule(roles=STAFF),
    "queue.read": Rule(roles=STAFF),
    "notice.letter": Rule(roles={Role.SERVICE}),
    "notice.tell-in-person": Rule(roles={Role.OFFICER}),
})
