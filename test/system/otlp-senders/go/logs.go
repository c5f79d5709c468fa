package main

import (
	"context"

	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploghttp"
	"go.opentelemetry.io/otel/log"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/trace"
)

type logRecord struct {
	TraceID      string     `json:"traceId"`
	SpanID       string     `json:"spanId"`
	Time         string     `json:"timeUnixNano"`
	Observed     string     `json:"observedTimeUnixNano"`
	Severity     int        `json:"severityNumber"`
	SeverityText string     `json:"severityText"`
	Body         anyValue   `json:"body"`
	Attributes   []keyValue `json:"attributes"`
}

type logs struct {
	ResourceLogs []struct {
		ScopeLogs []struct {
			LogRecords []logRecord `json:"logRecords"`
		} `json:"scopeLogs"`
	} `json:"resourceLogs"`
}

func sendLogs(url string, gzip bool, from *resource.Resource, library instrumentation.Scope, given logRecord) {
	options := []otlploghttp.Option{otlploghttp.WithEndpointURL(url + "/v1/logs")}
	if gzip {
		options = append(options, otlploghttp.WithCompression(otlploghttp.GzipCompression))
	}
	ctx := context.Background()
	exporter, err := otlploghttp.New(ctx, options...)
	must(err)
	processor := sdklog.NewSimpleProcessor(exporter)
	provider := sdklog.NewLoggerProvider(sdklog.WithProcessor(processor), sdklog.WithResource(from))
	logger := provider.Logger(library.Name, log.WithInstrumentationVersion(library.Version))
	var record log.Record
	record.SetTimestamp(timeOf(given.Time))
	record.SetObservedTimestamp(timeOf(given.Observed))
	record.SetSeverity(log.Severity(given.Severity))
	record.SetSeverityText(given.SeverityText)
	record.SetBody(valueOf(given.Body))
	record.AddAttributes(attributesOf(given.Attributes)...)
	logger.Emit(trace.ContextWithSpanContext(ctx, contextOf(given.TraceID, given.SpanID)), record)
	must(provider.Shutdown(ctx))
}
