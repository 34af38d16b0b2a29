"""Revisions beyond what upstream reads: steps over tags, trees and blobs, third parents (git 4.3)."""

from __future__ import annotations

import pytest

BLOB = "c68d27e1aa331ed0ee144b53e31522d12ed1237a"
TREE = "dd82b02d5af153144380b99b19a0291d5045b90f"
COMMIT = "ab7a33dce07c216e1df10734b3523691a27bab34"
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
OCTOPUS = "e68373083df345b46b10b81dd6eba7293065ed94"


def answer(ask, path, era="2026", paging="auto"):
    response = ask(era, paging).open("GET", f"/api/repos/{path}", "jdoe")
    return response.status_code, response.get_data(as_text=True)


@pytest.mark.parametrize(
    ("spec", "oid"),
    [
        ("master:", TREE),
        ("master^{tree}^{}", TREE),
        ("ann:", TREE),
        ("light-tree^{}", TREE),
        ("light-tree^{tree}", TREE),
        ("light-tree:", TREE),
        (f"{TREE}^{{}}", TREE),
        (f"{TREE[:9]}^{{tree}}", TREE),
        ("light-blob^{}", BLOB),
        ("light-blob^{blob}", BLOB),
        ("ann^{tag}", "b60134034c18dbb37e760baa9934445305c33500"),
        ("ann^{tag}^{commit}", COMMIT),
        ("master^00", COMMIT),
        ("light@", COMMIT),
        ("ann@{0}", "b60134034c18dbb37e760baa9934445305c33500"),
    ],
)
@pytest.mark.parametrize("era", ["2024", "2026"])
def test_lookup_follows_every_kind_of_object(ask, era, spec, oid):
    if era == "2024" and "^{tag}" in spec:
        pytest.skip("2024 shows a tag as its commit, whose id is not the tag's")
    assert answer(ask, f"tagged/lookup/{spec}", era) == (200, oid)


@pytest.mark.parametrize(
    ("spec", "oid"),
    [
        ("nested^{}", COMMIT),
        ("nested3^{commit}", COMMIT),
        ("nested~0", COMMIT),
        ("nested^{tree}", TREE),
        ("of-tree^{}", TREE),
        ("of-tree^{tree}", TREE),
        ("of-tree:", TREE),
        ("of-blob^{blob}", BLOB),
    ],
)
def test_lookup_peels_tags_of_anything_where_they_are_told(ask, spec, oid):
    assert answer(ask, f"tagged/lookup/{spec}") == (200, oid)


@pytest.mark.parametrize(
    "spec",
    [
        "master^{object}",
        "master^{tag}",
        "master^{blob}",
        "master^{nope}",
        "master^{tree}~1",
        "light-tree^",
        "light-blob:x",
        f"{BLOB}^{{tree}}",
        "master@{}",
        "master@{-0}",
        "master@{push}",
        "master~2147483648",
        ":README.md",
        ":",
    ],
)
def test_what_libgit2_refuses_is_ambiguous(ask, spec):
    assert answer(ask, f"tagged/lookup/{spec}") == (409, "ambiguous oid")


@pytest.mark.parametrize(
    "spec", ["@^", "@:README.md", f"{COMMIT}@{{0}}", "light-tree:nope", "master^3", "nope^{tree}", "nope^{no}"]
)
def test_what_is_not_there_is_not_found(ask, spec):
    assert answer(ask, f"tagged/lookup/{spec}") == (404, "object not found")


@pytest.mark.parametrize("spec", ["of-tree^", "of-blob:x", "of-blob^{tree}", "ann^{blob}"])
def test_a_tag_that_leads_to_something_else_crashes(ask, spec):
    assert answer(ask, f"tagged/lookup/{spec}")[0] == 500


@pytest.mark.parametrize("paging", ["auto", "walk"])
def test_the_third_parent_of_a_merge(ask, paging):
    asker = ask("2026", paging)
    third = asker.get(f"/api/repos/weather/log/{OCTOPUS}", "jdoe")["results"][0]["parents"][2]
    assert asker.open("GET", f"/api/repos/weather/lookup/{OCTOPUS}^3", "jdoe").data.decode() == third
    assert asker.get(f"/api/repos/weather/log/{OCTOPUS}^3", "jdoe")["results"][0]["id"] == third
    assert asker.open("GET", f"/api/repos/weather/lookup/{OCTOPUS}^9", "jdoe").status_code == 404


@pytest.mark.parametrize("era", ["2024", "2026"])
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("files/log/master:nope", 404),
        ("files/log/master:README.md", 500),
        ("files/log/master:", 500),
        ("files/blob/master^{tree}/README.md", 500),
        ("files/blob/master:lib/main.txt", 500),
        ("files/blob/master:/README.md", 500),
        ("files/blob/master:README.md", 200),
        ("files/blob/master:nope/README.md", 404),
        ("files/tree/master:/lib", 200),
        ("files/tree/master:/", 404),
        ("files/tree/master:lib/", 200),
        ("files/tree/master^{tree}^{tree}:lib/", 200),
        ("tagged/log/light-blob:x", 404),
        ("tagged/log/ann^{commit}^{tree}~1", 404),
        ("tagged/blob/light-blob^{tree}/x", 404),
        (f"files/log/{EMPTY_TREE}", 404),
        (f"files/blob/{EMPTY_TREE}/x", 404),
        ("files/log/empty-tree^{tree}", 404),
        (f"weather/tree/{OCTOPUS}^3", 200),
        ("tagged/tree/ann^{commit}", 200),
        ("tagged/tree/light-tree^{tree}", 200),
        ("tagged/tree/light-blob^{}", 404),
    ],
)
def test_other_objects_in_place_of_a_commit(ask, era, path, status):
    assert answer(ask, path, era)[0] == status


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("tree/nested", 404),
        ("tree/nested^{}", 200),
        ("tree/ann^{tag}", 200),
        ("blob/ann^{tag}/README.md", 200),
        ("blob/nested3^{commit}/README.md", 200),
        ("blob/nested/README.md", 500),
        ("blob/of-blob^{}/x", 200),
        ("log/nested~0", 200),
    ],
)
def test_what_steps_lead_to_is_taken_for_the_commit(ask, path, status):
    assert answer(ask, f"tagged/{path}")[0] == status


def test_a_long_row_of_steps_is_not_followed(ask):
    assert answer(ask, "tagged/lookup/nested" + "^{tag}" * 30)[0] == 501


def test_a_number_too_long_to_be_read_is_refused(ask):
    assert answer(ask, "tagged/lookup/master~" + "9" * 5000)[0] == 409


@pytest.mark.parametrize("start", ["deadbeef", "Add"])
def test_a_log_starts_at_ids_and_never_at_names(ask, start):
    assert answer(ask, f"many-refs/log?start={start}", "2024")[0] == 404


def test_a_log_starts_at_a_tag_of_a_tag_where_it_is_told(ask):
    nested = "01f68eb51142e4855b56ed4a51cf3c234e8dd235"
    status, text = answer(ask, f"tagged/log?start={nested}")
    assert status == 200
    assert COMMIT in text
