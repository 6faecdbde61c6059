"""Places from which a policy that allows them lets anybody run anything.

A short list of the best known, from public knowledge: each serves, to whoever asks, a script that the asker chose. A
policy that names single scripts by nonce or hash needs no hosts, and so no such list.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from pytest_readiness.standards.headers.csp_sources import Location


@dataclass(frozen=True, slots=True)
class Bypass:
    """One such place.

    Attributes:
        host: Its host; a leading ``*.`` stands for whatever name anybody registers there.
        location: An address there that serves what the asker chose.
        means: How it does.
    """

    host: str
    location: Location
    means: str


_CALLBACK = "it wraps answers in a callback that the asker names"
_ANGULAR = "it serves AngularJS, whose templates run code"
_PACKAGES = "it serves any package that anybody published"
_UPLOADS = "anybody can put files there"
_CONTAINERS = "it serves scripts that anybody configured there"
_TAKEN_OVER = "it was taken over and has served malicious scripts"

_PLACES: dict[str, tuple[str, ...]] = {
    _CALLBACK: (
        "accounts.google.com/o/oauth2/revoke",
        "www.google.com/complete/search",
        "clients1.google.com/complete/search",
        "suggestqueries.google.com/complete/search",
        "cse.google.com/api/cse",
        "www.googleapis.com/customsearch/v1",
        "maps.googleapis.com/maps/api/js",
        "maps.google.com/maps/api/js",
        "translate.googleapis.com/translate_a/l",
        "www.youtube.com/oembed",
        "graph.facebook.com/",
        "api.github.com/",
        "vimeo.com/api/oembed.json",
        "soundcloud.com/oembed",
        "www.flickr.com/services/oembed",
        "api.flickr.com/services/feeds/photos_public.gne",
        "en.wikipedia.org/w/api.php",
        "api.stackexchange.com/2.3/info",
        "api.bing.com/qsonhs.aspx",
        "search.yahoo.com/sugg/gossip",
        "api.tumblr.com/v2/blog",
        "public-api.wordpress.com/rest/v1/sites",
        "*.firebaseio.com/.json",
    ),
    _ANGULAR: (
        "ajax.googleapis.com/ajax/libs/angularjs/1.8.3/angular.min.js",
        "cdnjs.cloudflare.com/ajax/libs/angular.js/1.8.3/angular.min.js",
        "code.angularjs.org/1.8.3/angular.min.js",
        "ajax.aspnetcdn.com/ajax/angularjs/1.8.3/angular.min.js",
        "yastatic.net/angularjs/1.8.3/angular.min.js",
        "cdn.bootcdn.net/ajax/libs/angular.js/1.8.3/angular.min.js",
        "lib.baomitu.com/angular.js/1.8.3/angular.min.js",
    ),
    _PACKAGES: (
        "cdn.jsdelivr.net/npm/angular@1.8.3/angular.min.js",
        "fastly.jsdelivr.net/npm/angular@1.8.3/angular.min.js",
        "unpkg.com/angular@1.8.3/angular.min.js",
        "esm.sh/angular",
        "cdn.skypack.dev/angular",
        "ga.jspm.io/npm:angular@1.8.3/angular.js",
        "cdn.statically.io/gh/anybody/repository/file.js",
        "rawcdn.githack.com/anybody/repository/file.js",
        "raw.githack.com/anybody/repository/file.js",
    ),
    _UPLOADS: (
        "storage.googleapis.com/bucket/file.js",
        "firebasestorage.googleapis.com/v0/b/bucket/o/file.js",
        "s3.amazonaws.com/bucket/file.js",
        "*.s3.amazonaws.com/file.js",
        "*.cloudfront.net/file.js",
        "*.blob.core.windows.net/container/file.js",
        "*.azurewebsites.net/file.js",
        "*.azureedge.net/file.js",
        "*.github.io/file.js",
        "*.gitlab.io/file.js",
        "*.netlify.app/file.js",
        "*.vercel.app/file.js",
        "*.pages.dev/file.js",
        "*.workers.dev/file.js",
        "*.herokuapp.com/file.js",
        "*.appspot.com/file.js",
        "*.web.app/file.js",
        "*.firebaseapp.com/file.js",
        "*.onrender.com/file.js",
        "*.fly.dev/file.js",
        "*.glitch.me/file.js",
        "*.surge.sh/file.js",
    ),
    _CONTAINERS: (
        "www.googletagmanager.com/gtm.js",
        "www.google-analytics.com/gtm/js",
        "cdn.optimizely.com/js/project.js",
    ),
    _TAKEN_OVER: (
        "polyfill.io/v3/polyfill.min.js",
        "cdn.polyfill.io/v3/polyfill.min.js",
        "cdn.bootcss.com/jquery/3.7.1/jquery.min.js",
        "cdn.staticfile.org/jquery/3.7.1/jquery.min.js",
    ),
}


def _bypass(place: str, means: str) -> Bypass:
    split = urlsplit(f"//{place}")
    # Whoever wants to get round the policy registers a name of his own; no site of the user's is called so.
    host = split.netloc.replace("*.", "anybody-0-0.", 1)
    return Bypass(split.netloc, Location("https", host, split.path), means)


BYPASSES: tuple[Bypass, ...] = tuple(_bypass(place, means) for means, places in _PLACES.items() for place in places)
"""Every place that is known here."""
