"""Who may begin which action. That nobody approves what she prepared herself is a rule of the version (`catalogue.model`)."""

from quartier.auth import Policies, Rule
from quartier.contracts.accounts import Role

policies = Policies({
    "dataset.create": Rule(roles={Role.OFFICER}),
    "version.prepare": Rule(roles={Role.OFFICER}),
    "version.queue": Rule(roles={Role.OFFICER, Role.APPROVER}),
    "version.approve": Rule(roles={Role.APPROVER}),
})
