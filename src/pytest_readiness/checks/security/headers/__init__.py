"""Item security/security-headers: the fields that tell browsers what to refuse, judged as browsers read them.

The checks stand here in the order in which they stand on the board.
"""

from __future__ import annotations

from pytest_readiness.checks.security.headers import (
    cookie_flags,
    frames,
    integrity,
    privacy,
    scripts,
    sharing,
    sniffing,
    strict_transport,
    versions,
)

hsts = strict_transport.hsts
content_security_policy = scripts.content_security_policy
content_type_options = sniffing.content_type_options
framing = frames.framing
referrer_policy = privacy.referrer_policy
permissions_policy = privacy.permissions_policy
cookies = cookie_flags.cookies
cors = sharing.cors
cross_origin_isolation = sharing.cross_origin_isolation
subresource_integrity = integrity.subresource_integrity
no_version_banners = versions.no_version_banners
