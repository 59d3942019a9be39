"""``/v1/resources`` and the page ``/ressources``: who can help with responsible purchasing. Neither needs an index."""

from __future__ import annotations

from dataclasses import asdict
from typing import cast

from fastapi import APIRouter, Request, Response

from search_api.asked import Published, of_api
from search_api.context import Context, url_items
from search_api.pages.choices import filled
from search_api.pages.corrections import plain_errors
from search_api.pages.places import place_label
from search_api.pages.render import page, version
from search_api.pages.state import address, grouped
from search_api.resource_schemas import ResourceFacet, ResourceFacetValue, ResourceOut, ResourcesAnswer
from search_api.responses import etag_of, unchanged
from search_api.suppliers.pages.resources import FIRST, PATH, kinds_of, resource_card, resource_form
from vivier.errors import FieldError, InvalidRequest
from vivier.lexicon import Lexicon
from vivier.resources import NOTICE, STATUSES, Catalogue, Resource, ResourceQuery, find_resources, table_digest
from vivier.search.query import filters, parse_parameters

API = "/v1/resources"
TITLES = {"q": "Mots cherchés", "territory": "Territoire"}


@of_api("ressources")
def router(routes: APIRouter, context: Context) -> None:
    Published(
        API,
        ResourceQuery,
        "resources",
        "Les ressources : clausiers, guides, labels, réseaux, données et formations",
        ResourcesAnswer,
        errors=(406, 422),
    ).table_of(routes, context, lambda query: _body(query, find_resources(query, context.lexicon), context.lexicon))

    @routes.get(PATH, include_in_schema=False)
    def shown(request: Request) -> Response:
        items = filled(url_items(request))
        try:
            query = parse_parameters(items, context.lexicon, ResourceQuery)
        except InvalidRequest as error:
            return _refused(items, error.errors, context.lexicon)
        return _page(request, query, items, context.lexicon)


def resource_body(resource: Resource) -> ResourceOut:
    return cast(ResourceOut, {**asdict(resource), "status_fr": STATUSES[resource.status]})


def _body(query: ResourceQuery, found: Catalogue, lexicon: Lexicon) -> ResourcesAnswer:
    return {
        "query": {**query.model_dump(mode="json"), "territory": list(found.territories)},
        "total": len(found.results),
        "results": [resource_body(resource) for resource in found.results],
        "facets": {name: _facet(name, query, found, lexicon) for name in found.facets},
        "links": {"self": _url(API, query), "page": _url(PATH, query)},
        "meta": {"notices": [NOTICE, *found.notices]},
    }


def _facet(name: str, query: ResourceQuery, found: Catalogue, lexicon: Lexicon) -> ResourceFacet:
    chosen = found.territories if name == "territory" else getattr(query, name)
    counts = found.facets[name]
    declared = filters(ResourceQuery).get(name)
    allowed = {} if declared is None else declared.names(lexicon)
    labels = {value: allowed.get(value) or place_label(value, lexicon.gazetteer) for value in counts.values}
    values: list[ResourceFacetValue] = [
        {"value": value, "label_fr": labels[value], "count": count, "selected": value in chosen}
        for value, count in counts.values.items()
    ]
    return {"title": title_of(name), "values": values, "general": counts.general}


def title_of(name: str) -> str:
    """The French name of a parameter of the resources."""
    declared = filters(ResourceQuery).get(name)
    return declared.title if declared is not None else TITLES.get(name, name)


def _url(path: str, query: ResourceQuery) -> str:
    pairs = [(name, item) for name, value in query.model_dump().items() for item in _several(value)]
    return address(path, pairs) or path


def _several(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return () if value is None else value if isinstance(value, tuple) else (value,)


def _page(request: Request, query: ResourceQuery, items: list[tuple[str, str]], lexicon: Lexicon) -> Response:
    etag = etag_of("resources", version(), table_digest(), query.model_dump_json())
    not_modified = unchanged(request, etag)
    if not_modified is not None:
        return not_modified
    found = find_resources(query, lexicon)
    values = {
        "cards": [resource_card(resource, lexicon) for resource in found.results],
        "kinds": () if _asks(query) else kinds_of(found),
        "form": resource_form(grouped(items), lexicon, found),
        "notices": found.notices,
        "api": _url(API, query),
        **_always(()),
    }
    return page("resources.html", values, etag=etag)


def _refused(items: list[tuple[str, str]], errors: tuple[FieldError, ...], lexicon: Lexicon) -> Response:
    """The page 422: every error beside its field, the other inputs as typed, no result."""
    errors = plain_errors(errors, lexicon, ResourceQuery)
    values = {
        "cards": [],
        "kinds": (),
        "form": resource_form(grouped(items), lexicon, None, errors),
        "notices": (),
        "api": API,
    }
    return page("resources.html", {**values, **_always(errors)}, status=422)


def _always(errors: tuple[FieldError, ...]) -> dict[str, object]:
    listed = [(error, title_of(error.field)) for error in errors]
    return {"errors": listed, "about": NOTICE, "first": FIRST}


def _asks(query: ResourceQuery) -> bool:
    return any(query.model_dump().values())
