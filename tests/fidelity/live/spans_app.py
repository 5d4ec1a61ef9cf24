"""The spans service as far as its published document and its SDK show it.

Models, order of fields and what takes null follow the document (spec/sgp-spans.yaml): a
field whose title stands before its type there is `X | None` here. An id that the service
would make is written GENERATED, an account that the request does not name ACCOUNT.
"""

from datetime import datetime
from enum import Enum
from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, Header
from fastapi.security import APIKeyHeader
from pydantic import BaseModel, Field

Status = Enum("ApplicationOperationStatus", {name: name for name in ("SUCCESS", "ERROR", "CANCELED")}, type=str)
Kind = Enum(
    "ApplicationNodeType",
    {
        name: name
        for name in (
            "TEXT_INPUT TEXT_OUTPUT COMPLETION_INPUT COMPLETION KB_RETRIEVAL KB_INPUT RERANKING "
            "EXTERNAL_ENDPOINT PROMPT_ENGINEERING DOCUMENT_INPUT MAP_REDUCE DOCUMENT_SEARCH DOCUMENT_PROMPT "
            "CUSTOM CODE_EXECUTION DATA_MANIPULATION EVALUATION FILE_RETRIEVAL KB_ADD_CHUNK KB_MANAGEMENT "
            "GUARDRAIL OUTPUT_GUARDRAIL TRACER AGENT_TRACER AGENT_WORKFLOW STANDALONE"
        ).split()
    },
    type=str,
)


class SpanCreateRequest(BaseModel):
    id: str | None = None
    name: str
    trace_id: Annotated[str, Field(max_length=256)]
    parent_id: str | None = None
    group_id: str | None = None
    start_timestamp: datetime
    end_timestamp: datetime | None = None
    input: dict[str, Any] | None = None
    output: dict[str, Any] | None = None
    metadata: dict[str, Any] = {}
    status: Status = Status.SUCCESS
    type: Kind = Kind.STANDALONE
    application_interaction_id: str | None = None
    application_variant_id: str | None = None
    expected: dict[str, Any] | None = None


class SpanBatchRequest(BaseModel):
    items: list[SpanCreateRequest]


class Span(BaseModel):
    id: str
    object: Literal["span"] = "span"
    name: str
    trace_id: str
    parent_id: str | None = None
    group_id: str | None = None
    start_timestamp: datetime
    end_timestamp: datetime | None = None
    input: dict[str, Any] | None = None
    output: dict[str, Any] | None = None
    metadata: dict[str, Any] = {}
    expected: dict[str, Any] | None = None
    status: Status = Status.SUCCESS
    type: Kind = Kind.STANDALONE
    application_interaction_id: str | None = None
    application_variant_id: str | None = None
    account_id: str


class SpanList(BaseModel):
    object: Literal["list"] = "list"
    items: list[Span]


app = FastAPI(title="spans")
key = APIKeyHeader(name="x-api-key")


def last_of_each_id(spans: list[Span]) -> list[Span]:
    last = {span.id: number for number, span in enumerate(spans) if span.id != "GENERATED"}
    return [span for number, span in enumerate(spans) if last.get(span.id, number) == number]


@app.put("/v5/spans/batch", response_model=SpanList, response_model_exclude_none=True)
def upsert(
    batch: SpanBatchRequest,
    _: Annotated[str, Depends(key)],
    account: Annotated[str | None, Header(alias="x-selected-account-id")] = None,
) -> Any:
    spans = [
        Span(**{**item.model_dump(), "id": item.id or "GENERATED", "account_id": account or "ACCOUNT"})
        for item in batch.items
    ]
    return SpanList(items=last_of_each_id(spans))
