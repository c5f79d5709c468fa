-- The tables of the stack, in place of those that the Collector's exporter would create at its own start: its option
-- create_schema ends the Collector where ClickHouse is away at that moment. The columns are the exporter's; keys and
-- indexes are made for sessions. The dashboards ask both kinds of tables the same; npm run bench:store measures this one.

CREATE DATABASE IF NOT EXISTS otel;

CREATE TABLE IF NOT EXISTS otel.otel_traces
(
    Timestamp DateTime64(9) CODEC(Delta, ZSTD(1)),
    TraceId String CODEC(ZSTD(1)),
    SpanId String CODEC(ZSTD(1)),
    ParentSpanId String CODEC(ZSTD(1)),
    TraceState String CODEC(ZSTD(1)),
    SpanName LowCardinality(String) CODEC(ZSTD(1)),
    SpanKind LowCardinality(String) CODEC(ZSTD(1)),
    ServiceName LowCardinality(String) CODEC(ZSTD(1)),
    ResourceAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    ScopeName String CODEC(ZSTD(1)),
    ScopeVersion String CODEC(ZSTD(1)),
    SpanAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    Duration UInt64 CODEC(ZSTD(1)),
    StatusCode LowCardinality(String) CODEC(ZSTD(1)),
    StatusMessage String CODEC(ZSTD(1)),
    Events Nested
    (
        Timestamp DateTime64(9),
        Name LowCardinality(String),
        Attributes Map(LowCardinality(String), String)
    ) CODEC(ZSTD(1)),
    Links Nested
    (
        TraceId String,
        SpanId String,
        TraceState String,
        Attributes Map(LowCardinality(String), String)
    ) CODEC(ZSTD(1)),
    INDEX idx_trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1,
    -- The events of a session: SpanAttributes['mcp.client.session.id'] = '…' uses an index of keys and one of values, in
    -- every version. An index of that one expression would be smaller, but 26.7 does not use it: it reads a key of a map
    -- as a column of its own.
    INDEX idx_span_attr_key mapKeys(SpanAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX idx_span_attr_value mapValues(SpanAttributes) TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toDate(Timestamp)
-- First the spans that tell of sessions, so that the table of sessions reads nothing else: SpanName IN ('mcp.session
-- start', …) is looked up in this key. Then hours, so that a short range reads little. Then what belongs to a session,
-- side by side: its events are in one place, and what its spans have in common is compressed.
PRIMARY KEY (startsWith(SpanName, 'mcp.session '), toStartOfHour(Timestamp), SpanAttributes['mcp.client.session.id'])
-- The time itself orders, but is no part of the key: ranges of time would be looked up by it, instead of by the hour.
ORDER BY (startsWith(SpanName, 'mcp.session '), toStartOfHour(Timestamp), SpanAttributes['mcp.client.session.id'], Timestamp)
-- How long spans are kept: ALTER TABLE otel.otel_traces MODIFY TTL … changes it.
TTL toDateTime(Timestamp) + INTERVAL 15 DAY
-- A granule is the least that is read. 8192 rows, the default, are a hundred sessions and more.
SETTINGS index_granularity = 2048, ttl_only_drop_parts = 1;
