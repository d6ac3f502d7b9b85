"""pyconnectwise asks the simulator: it finds the code base, walks pages by their links, changes and creates lines.

Its models are typed and its enums strict, so that reading alone checks every property. What it wrote is read back
through it, and from the audit trail by plain HTTP. `run` starts it.
"""

import os
from urllib.parse import urlsplit

import requests
from pyconnectwise import ConnectWiseManageAPIClient
from pyconnectwise.config import Config
from pyconnectwise.exceptions import (
    AuthenticationFailedException,
    MalformedRequestException,
    NotFoundException,
)

HOST = os.environ["TRUEUP_OUTSIDE_HOST"]
CLIENT_ID = "6f1c0e4e-1111-4222-8333-944455556666"
ADDITIONS = [9001, 9002, 9003, 9004, 9005, 9006, 9007]


def client(private_key="outside-private"):
    return ConnectWiseManageAPIClient(
        "examplemsp", HOST, CLIENT_ID, "outside-public", private_key, config=Config(max_retries=0)
    )


def audit_rows(addition):
    """The rows of the audit trail about an addition, asked for without pyconnectwise."""
    answer = requests.get(
        f"https://{HOST}/v4_6_release/apis/3.0/system/audittrail",
        params={"type": "AgreementAddition", "id": addition},
        auth=("examplemsp+outside-public", "outside-private"),
        headers={"clientId": CLIENT_ID},
        timeout=20,
    )
    answer.raise_for_status()
    return answer.json()


def refused(expected, ask):
    try:
        ask()
    except expected:
        return
    raise AssertionError(f"{expected.__name__} was not raised")


def walks_pages(api):
    """Every list comes whole and in order, page by page as the links lead."""
    companies = api.company.companies.paginated(1, 3)
    assert companies.has_next_page and (companies.next_page, companies.last_page) == (2, 3)
    assert [company.id for company in companies.all()] == [71, 72, 73, 74, 75, 76, 77]

    agreements = api.finance.agreements.paginated(1, 2, {"conditions": "type/id=5 and cancelledFlag=false"})
    assert [agreement.id for agreement in agreements.all()] == [401, 402, 403]

    additions = api.finance.agreements.id(401).additions.paginated(1, 2)
    walked = list(additions.all())
    assert [addition.id for addition in walked] == ADDITIONS
    assert {addition.agreement_id for addition in walked} == {401}
    backwards = api.finance.agreements.id(401).additions.paginated(3, 2)
    assert [addition.id for addition in backwards.get_previous_page().data] == [9003, 9004]


def counts(api):
    """Counts honour the same conditions as lists."""
    assert api.company.companies.count.get().count == 7
    assert api.finance.agreements.count.get(params={"conditions": "type/id=5"}).count == 4
    additions = api.finance.agreements.id(401).additions
    conditions = {"conditions": 'product/identifier="BKP-GB" and quantity > 0'}
    assert additions.count.get(params=conditions).count == len(additions.get(params=conditions)) == 1


def reads_records(api):
    company = api.company.companies.id(73).get()
    assert (company.identifier, company.name) == ("Northwind", "Northwind & Sons")
    line = api.finance.agreements.id(401).additions.id(9001).get()
    assert (line.quantity, line.less_included, line.billed_quantity) == (120.25, 20, 100.25)
    assert (line.product.identifier, line.unit_price, line.uom) == ("BKP-GB", 0.5, "GB")


def changes_a_quantity(api):
    """A quantity that is set is answered, read back, and one row in the audit trail."""
    before = len(audit_rows(9001))
    line = api.finance.agreements.id(401).additions.id(9001)

    answer = line.patch([{"op": "replace", "path": "quantity", "value": 131.5}])

    assert answer.quantity == line.get().quantity == 131.5
    rows = audit_rows(9001)
    assert len(rows) == before + 1, rows
    assert any("131.5" in row["text"] and row["enteredBy"] == "outsider" for row in rows), rows


def creates_an_addition(api):
    additions = api.finance.agreements.id(403).additions
    created = additions.post(
        {"product": {"identifier": "SRV-VM"}, "billCustomer": "Billable", "quantity": 4, "effectiveDate": "2026-12-01T00:00:00Z"}
    )

    assert (created.product.id, created.quantity, created.unit_price) == (34, 4, 12)
    assert created.agreement_id == 403
    assert [addition.id for addition in additions.get()] == [9011, created.id]
    assert additions.id(created.id).get() == created
    assert audit_rows(created.id)


def is_refused_as_by_the_real_one(api):
    refused(NotFoundException, lambda: api.finance.agreements.id(401).additions.id(9099).get())
    refused(MalformedRequestException, lambda: api.company.companies.get(params={"conditions": "nobody=1"}))
    incomplete = {"product": {"id": 34}, "quantity": 1}
    refused(MalformedRequestException, lambda: api.finance.agreements.id(401).additions.post(incomplete))
    refused(AuthenticationFailedException, lambda: client("wrong").company.companies.get())


def main():
    assert urlsplit(f"https://{HOST}").hostname == "127.0.0.1", HOST
    api = client()
    assert api.codebase == "v2026_4/", api.codebase
    for check in (
        walks_pages,
        counts,
        reads_records,
        changes_a_quantity,
        creates_an_addition,
        is_refused_as_by_the_real_one,
    ):
        check(api)
        print(f"pyconnectwise {check.__name__.replace('_', ' ')}: ok")


main()
