"""Answers that are whole documents: the same bytes until something happens, so that readers who have them need not fetch them again."""

import hashlib

from fastapi import Request, Response


def document(request: Request, content: bytes, media_type: str) -> Response:
    """The document with its strong ETag, or 304 for a reader who names that ETag."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache", "Access-Control-Allow-Origin": "*"}
    named = [name.strip().removeprefix("W/") for name in request.headers.get("if-none-match", "").split(",")]
    if tag in named or "*" in named:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)
