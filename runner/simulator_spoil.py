"""The answers that faults stand for, and good answers spoilt."""

from datetime import datetime
from email.utils import format_datetime

from runner.simulator_answers import TEXT, Answer, Call, error_answer
from runner.simulator_faults import STATUS_FAULTS, Fault


def fault_answer(fault: Fault, call: Call, retry_at: datetime | None = None) -> Answer:
    """The answer that a fault stands for. Those that never answer get one for the journal.

    ``retry_at`` is Retry-After as a date, where it is to be one.
    """
    if fault.fault == "error":
        return error_answer(call, fault.message or "The request was not processed")
    if fault.fault not in STATUS_FAULTS:
        return Answer(0, b"", outcome=fault.fault)
    status, message = STATUS_FAULTS[fault.fault]
    answer = Answer(fault.status or status, (fault.message or message).encode(), TEXT)
    answer.outcome = fault.fault
    if fault.retry_after is not None:
        date = format_datetime(retry_at, usegmt=True) if retry_at else ""
        answer.headers["Retry-After"] = date or f"{fault.retry_after:g}"
    return answer


def garble(answer: Answer, fault: Fault) -> Answer:
    """Spoil an answer. A truncated one is whole as far as HTTP knows."""
    if fault.fault == "truncated":
        answer.body = answer.body[: len(answer.body) // 2]
    elif fault.fault == "not_xml":
        answer.body, answer.content_type = b"<html><body><p>Maintenance", "text/html"
    elif fault.fault == "doctype":
        declaration = b'<!DOCTYPE ResMan [<!ENTITY e "Success">]>'
        answer.body = declaration + answer.body.replace(b"Success", b"&e;").partition(b"?>")[2]
    else:
        head, separator, tail = answer.body.partition(b"</Status>")
        answer.body = head + separator + b" " * fault.bytes + tail
    return answer
