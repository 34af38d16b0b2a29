"""The receiver's route, `POST /webhooks/<service>/<sealed>`, which answers at every host."""

from __future__ import annotations

import structlog
from flask import Blueprint, Response, request

from shim.rest import json
from shim.rest.errors import Refusal
from shim.rest.intake import Intake
from shim.services.subscription import PATH
from shim.webhooks.receiving.receiver import Receiver
from shim.webhooks.receiving.results import Observe, Refused, Result, forged, ignore, unavailable
from shim.webhooks.sending.delivery import DELIVERY, EVENT
from shim.webhooks.sending.signature import NONCE, SIGNATURE, Forged, Verifier, look

LARGEST = 2**22
"""How many bytes a native delivery may have: a push of many long messages, many times what became of it of old."""
log = structlog.get_logger(__name__)


def blueprint(receiver: Receiver, observe: Observe = ignore) -> Blueprint:
    """The route. `observe` is told of each request to it."""
    routes = Blueprint("webhooks", __name__)

    @routes.post(f"{PATH}<service>/<sealed>")
    def receive(service: str, sealed: str) -> Response:
        known = ""
        try:
            addressee = receiver.addressee(service, sealed)
            known = service
            body, nonce = _verified(receiver.verifier)
            result, record = receiver.receive(addressee, body, nonce, *_named())
            answer = Response(record, content_type=json.CONTENT_TYPE)
        except Refusal as refusal:
            result = refusal.result if isinstance(refusal, Refused) else Result.REFUSED
            answer = refusal.response()
        except Exception:  # to the API any other answer than a 503 would be the last word
            log.exception("webhook failed", service=known)
            result, answer = Result.UNAVAILABLE, unavailable().response()
        observe(known, result)
        return answer

    return routes


def _named() -> tuple[str, str]:
    """The event and the UUID that the headers of a request tell, which are not signed."""
    return request.headers.get(EVENT, ""), request.headers.get(DELIVERY, "")


def _verified(verifier: Verifier) -> tuple[bytes, str]:
    """The body and the nonce of a request that the instance signed. Raises Refusal."""
    nonce, signature = request.headers.get(NONCE, ""), request.headers.get(SIGNATURE, "")
    try:
        look(nonce, signature)
        Intake.install(request.environ, LARGEST)
        body = request.get_data(cache=False)
        verifier.verify(body, nonce, signature)
    except Forged:
        raise forged() from None
    return body, nonce
