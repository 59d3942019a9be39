"""The cells of a table are named after their columns."""

from __future__ import annotations

from search_api.pages.tables import labelled

HEAD = '<thead><tr><th scope="col">Lot</th><th scope="col">Montant <abbr>HT</abbr></th><th></th></tr></thead>'


def table(body: str, head: str = HEAD) -> str:
    return f'<p>avant</p><table class="x">{head}<tbody>{body}</tbody></table><p><td></p>'


def test_a_cell_has_the_name_of_its_column_without_its_tags() -> None:
    body = '<tr><th scope="row">1</th><td class="n">3</td><td>x</td></tr>'
    assert labelled(table(body)) == table(body.replace("<td class", '<td data-label="Montant HT" class'))


def test_each_row_begins_at_the_first_column() -> None:
    rows = "<tr><td>1</td><td>2</td></tr>"
    assert labelled(table(rows * 2)).count('<td data-label="Lot">1</td><td data-label="Montant HT">2</td>') == 2


def test_a_cell_over_several_columns_has_no_name_and_counts_for_them() -> None:
    assert labelled(table('<tr><td colspan="1">1</td><td>2</td></tr>')).count("data-label") == 1


def test_a_short_name_given_to_a_column_takes_the_place_of_what_its_head_holds() -> None:
    head = '<thead><tr><th scope="col" data-name="ESAT A"><a>ESAT A</a> <a>Retirer</a></th></tr></thead>'
    assert '<td data-label="ESAT A">' in labelled(table("<tr><td>1</td></tr>", head))


def test_a_quote_in_the_name_of_a_column_stays_in_its_attribute() -> None:
    head = '<thead><tr><th>Dit "oui"</th></tr></thead>'
    assert '<td data-label="Dit &quot;oui&quot;">' in labelled(table("<tr><td>1</td></tr>", head))


def test_a_table_without_a_head_or_with_two_rows_of_heads_stays_as_it_is() -> None:
    for head in ("", "<thead><tr><th>a</th></tr><tr><th>b</th></tr></thead>"):
        assert labelled(table("<tr><td>1</td></tr>", head)) == table("<tr><td>1</td></tr>", head)
