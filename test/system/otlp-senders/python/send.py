"""Sends the scene with OpenTelemetry's SDK for Python: send.py URL protobuf|json none|gzip < scene.json"""

import json
import sys

from opentelemetry.exporter.otlp.common.http import Compression as JsonCompression
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.json.http import _log_exporter as json_logs
from opentelemetry.exporter.otlp.json.http import metric_exporter as json_metrics
from opentelemetry.exporter.otlp.json.http import trace_exporter as json_traces
from opentelemetry.exporter.otlp.proto.http import Compression as ProtobufCompression
from opentelemetry.exporter.otlp.proto.http import _log_exporter as protobuf_logs
from opentelemetry.exporter.otlp.proto.http import metric_exporter as protobuf_metrics
from opentelemetry.exporter.otlp.proto.http import trace_exporter as protobuf_traces
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.metrics.view import ExplicitBucketHistogramAggregation, View
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode, TraceFlags, set_span_in_context


def value_of(value):
    [(kind, inner)] = value.items()
    if kind == "intValue":
        return int(inner)
    if kind == "arrayValue":
        return [value_of(item) for item in inner["values"]]
    return inner


def attributes_of(holder):
    return {each["key"]: value_of(each["value"]) for each in holder.get("attributes", [])}


def context_of(trace_id, span_id):
    return SpanContext(int(trace_id, 16), int(span_id, 16), is_remote=False, trace_flags=TraceFlags(1))


def span_of(span, resource, scope):
    parent = span.get("parentSpanId")
    status = span.get("status")
    return ReadableSpan(
        name=span["name"],
        context=context_of(span["traceId"], span["spanId"]),
        parent=context_of(span["traceId"], parent) if parent else None,
        resource=resource,
        attributes=attributes_of(span),
        events=[
            Event(event["name"], attributes_of(event), int(event["timeUnixNano"]))
            for event in span.get("events", [])
        ],
        links=[
            Link(context_of(link["traceId"], link["spanId"]), attributes_of(link)) for link in span.get("links", [])
        ],
        kind=SpanKind(span["kind"] - 1),
        status=Status(StatusCode.ERROR, status["message"]) if status else Status(StatusCode.UNSET),
        start_time=int(span["startTimeUnixNano"]),
        end_time=int(span["endTimeUnixNano"]),
        instrumentation_scope=InstrumentationScope(scope["name"], scope["version"]),
    )


def send_logs(exporter, logs, resource):
    [group] = logs["resourceLogs"]
    [scoped] = group["scopeLogs"]
    [record] = scoped["logRecords"]
    provider = LoggerProvider(resource)
    provider.add_log_record_processor(SimpleLogRecordProcessor(exporter))
    within = set_span_in_context(NonRecordingSpan(context_of(record["traceId"], record["spanId"])))
    provider.get_logger(scoped["scope"]["name"], scoped["scope"]["version"]).emit(
        LogRecord(
            timestamp=int(record["timeUnixNano"]),
            observed_timestamp=int(record["observedTimeUnixNano"]),
            context=within,
            severity_text=record["severityText"],
            severity_number=SeverityNumber(record["severityNumber"]),
            body=value_of(record["body"]),
            attributes=attributes_of(record),
        )
    )
    provider.shutdown()


def main(url, encoding, compression):
    scene = json.load(sys.stdin)
    traces, metrics, logs, coding = (
        (json_traces, json_metrics, json_logs, JsonCompression)
        if encoding == "json"
        else (protobuf_traces, protobuf_metrics, protobuf_logs, ProtobufCompression)
    )
    coding = coding(compression)
    [group] = scene["spans"]["resourceSpans"]
    [scoped] = group["scopeSpans"]
    resource = Resource(attributes_of(group["resource"]))
    spans = [span_of(span, resource, scoped["scope"]) for span in scoped["spans"]]
    exporter = traces.OTLPSpanExporter(endpoint=f"{url}/v1/traces", compression=coding)
    if exporter.export(spans) is not SpanExportResult.SUCCESS:
        raise SystemExit("the spans were not taken")
    exporter.shutdown()

    reader = PeriodicExportingMetricReader(
        metrics.OTLPMetricExporter(endpoint=f"{url}/v1/metrics", compression=coding), export_interval_millis=float("inf")
    )
    bounds = ExplicitBucketHistogramAggregation(boundaries=scene["bounds"])
    provider = MeterProvider([reader], resource, views=[View(instrument_name="duration", aggregation=bounds)])
    meter = provider.get_meter(scoped["scope"]["name"], scoped["scope"]["version"])
    meter.create_counter("calls", "{call}").add(3, {"tool": "get_weather"})
    duration = meter.create_histogram("duration", "s")
    for value in scene["durations"]:
        duration.record(value, {"tool": "get_weather"})
    provider.force_flush()
    provider.shutdown()
    send_logs(logs.OTLPLogExporter(endpoint=f"{url}/v1/logs", compression=coding), scene["logs"], resource)


main(*sys.argv[1:])
