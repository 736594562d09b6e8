"""What can be set from outside, and what is said where it can't be used."""

from __future__ import annotations

import pytest

from machtin.errors import SettingsError
from machtin.settings import Settings


def test_nothing_set_is_a_laptop() -> None:
    settings = Settings.from_env({})
    assert (settings.index, settings.opensearch.url) == ("embedded", "http://127.0.0.1:9200")


@pytest.mark.parametrize(
    ("url", "region"),
    [
        ("https://search-news-abc123.ap-southeast-1.es.amazonaws.com", "ap-southeast-1"),
        ("https://vpc-news-abc123.us-gov-west-1.es.amazonaws.com/", "us-gov-west-1"),
        ("https://news-abc123.aos.ap-southeast-1.on.aws", "ap-southeast-1"),
        ("https://opensearch.toasoan.example:9200", ""),
        ("https://es.amazonaws.com.toasoan.example", ""),
    ],
)
def test_a_domains_address_tells_its_region(url: str, region: str) -> None:
    settings = Settings.from_env({"MACHTIN_INDEX": "opensearch", "MACHTIN_OPENSEARCH_URL": url})
    assert (settings.opensearch.url, settings.opensearch.region) == (url.rstrip("/"), region)


def test_a_region_may_be_named_for_an_address_of_ones_own() -> None:
    env = {"MACHTIN_OPENSEARCH_URL": "https://tim.toasoan.example", "MACHTIN_OPENSEARCH_REGION": "ap-southeast-1"}
    assert Settings.from_env(env).opensearch.region == "ap-southeast-1"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MACHTIN_INDEX", "elasticsearch"),
        ("MACHTIN_PORT", "0"),
        ("MACHTIN_OPENSEARCH_URL", "127.0.0.1:9200"),
        ("MACHTIN_OPENSEARCH_URL", "ftp://127.0.0.1"),
        ("MACHTIN_OPENSEARCH_PREFIX", "Báo"),
        ("MACHTIN_OPENSEARCH_URL", "http://[::1"),
        ("MACHTIN_OPENSEARCH_URL", "http://a:99999"),
        ("MACHTIN_OPENSEARCH_URL", "http://a:b"),
        ("MACHTIN_OPENSEARCH_TIMEOUT", "soon"),
        ("MACHTIN_OPENSEARCH_TIMEOUT", "60"),
        ("MACHTIN_OPENSEARCH_TIMEOUT", "nan"),
    ],
)
def test_what_can_not_be_used_is_named_with_its_mend(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=rf"{name} is .*; give "):
        Settings.from_env({name: value})


@pytest.mark.parametrize("url", ["https://me:sesame@127.0.0.1:9200", "me:sesame@127.0.0.1", "htp://me:sesame@a"])
def test_a_password_does_not_belong_into_an_address(url: str) -> None:
    with pytest.raises(SettingsError, match="MACHTIN_OPENSEARCH_PASSWORD") as caught:
        Settings.from_env({"MACHTIN_OPENSEARCH_URL": url})
    assert "sesame" not in str(caught.value)
