"""What each switch of the simulated ResMan does, and what is known of the real one."""

GROUPS: dict[str, tuple[str, ...]] = {
    "What a save does": (
        "duplicate_policy",
        "omitted",
        "normalise",
        "own_writes_in_feed",
        "merge_retires",
        "lead_limit",
    ),
    "What a search answers": (
        "window_bounds",
        "window_zone",
        "window_max_leads",
        "window_max_s",
        "empty_result",
        "modified_in_payload",
    ),
    "The form of answers": (
        "single_element",
        "blanks",
        "event_dates",
        "event_ids",
        "element_order",
        "namespace",
    ),
    "Access": ("bad_credentials", "parameter_case", "v2"),
    "Load": (
        "overload",
        "rate_limit",
        "retry_after",
        "retry_after_form",
        "latency_ms",
        "hold_s",
    ),
    "Time": ("clock_stopped", "clock_offset_s"),
}
"""The switches, as page and documentation group them."""

ABOUT: dict[str, tuple[str, str]] = {
    "duplicate_policy": (
        "A create with an e-mail or phone that a lead of the property has: another lead, "
        "or an error.",
        "contradictory",
    ),
    "omitted": (
        "An element that an update leaves out: its value stays, or is cleared.",
        "unknown",
    ),
    "normalise": (
        "How values are changed when stored: a comma list of phone (reformatted), name "
        "(trimmed), comment:N and event_comment:N (cut to N characters).",
        "unknown",
    ),
    "own_writes_in_feed": (
        "Whether a lead saved through the API is modified, as far as searches by time go.",
        "unknown",
    ),
    "merge_retires": (
        "When the office merges two leads: the other is gone, or stays, marked lost.",
        "unknown",
    ),
    "lead_limit": (
        "Leads that this simulator holds at most; 0 is no limit.",
        "the simulator's own",
    ),
    "window_bounds": (
        "Whether a lead modified in the very second that ends or begins a window is in it.",
        "unknown",
    ),
    "window_zone": (
        "The time zone in which a window's times are read.",
        "unknown",
    ),
    "window_max_leads": (
        "A search that finds more leads answers 502 with buffer overflow; 0 is no limit.",
        "that there is a limit is known, not which",
    ),
    "window_max_s": (
        "So does a window longer than this many seconds; 0 is no limit.",
        "that there is a limit is known, not which",
    ),
    "empty_result": (
        "How a search without results looks: an empty Prospects element, or none.",
        "both are seen",
    ),
    "modified_in_payload": (
        "Whether a lead's answer carries its modification time; the element's name, "
        "LastModified, is invented.",
        "probably not",
    ),
    "single_element": (
        "Lists of one: a list of one, or the bare element; several XML elements under one "
        "parent, or each under a parent of its own.",
        "both are seen",
    ),
    "blanks": (
        "A blank value is an empty element, or none.",
        "unknown",
    ),
    "event_dates": (
        "The form of an event's time: Z, no zone with microseconds, or +00:00.",
        "all three are accepted; which is answered is unknown",
    ),
    "event_ids": (
        "Whether events are shown with their EventID.",
        "unknown",
    ),
    "element_order": (
        "The order of elements in an answer.",
        "unknown",
    ),
    "namespace": (
        "The namespace of the MITS document in an answer; its name is invented.",
        "unknown",
    ),
    "bad_credentials": (
        "Bad credentials are HTTP 401, or HTTP 200 with Status Error.",
        "unknown",
    ),
    "parameter_case": (
        "Whether a form field's name is known in any case, or only as documented.",
        "any, probably",
    ),
    "v2": (
        "GET /Prospects of the v2 API: there, absent (404), or not for this key (401, "
        "code 20001).",
        "documented; which keys may use it is not",
    ),
    "overload": (
        "What every call gets, or with rate_limit every call above it: 429, 502 with "
        "buffer overflow, a gateway's 502, 503, 504, or no answer, before or after the "
        "commit.",
        "unknown; 429 has not been seen",
    ),
    "rate_limit": (
        "Calls a second of an account before overload sets in (429, if overload is none); "
        "0 is no limit.",
        "unknown",
    ),
    "retry_after": (
        "Retry-After of what overload answers, in seconds; 0 sends none.",
        "not seen",
    ),
    "retry_after_form": (
        "Retry-After in seconds, or as a date.",
        "not seen",
    ),
    "latency_ms": (
        "How long every call takes at least, in milliseconds.",
        "unknown",
    ),
    "hold_s": (
        "How long a timeout keeps its answer back, in seconds.",
        "unknown",
    ),
    "clock_stopped": (
        "Whether this ResMan's clock stands still.",
        "the simulator's own",
    ),
    "clock_offset_s": (
        "How far this ResMan's clock is ahead of the machine's, in seconds; negative is "
        "behind.",
        "the simulator's own",
    ),
}
"""What a switch does; what public material says about it."""
