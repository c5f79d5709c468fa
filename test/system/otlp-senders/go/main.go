// Sends the scene with OpenTelemetry's SDK for Go, which has protobuf only: otlp-sender URL none|gzip < scene.json
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

type anyValue struct {
	StringValue *string  `json:"stringValue"`
	BoolValue   *bool    `json:"boolValue"`
	IntValue    *string  `json:"intValue"`
	DoubleValue *float64 `json:"doubleValue"`
	ArrayValue  *struct {
		Values []anyValue `json:"values"`
	} `json:"arrayValue"`
}

type keyValue struct {
	Key   string   `json:"key"`
	Value anyValue `json:"value"`
}

type span struct {
	TraceID      string     `json:"traceId"`
	SpanID       string     `json:"spanId"`
	ParentSpanID string     `json:"parentSpanId"`
	Name         string     `json:"name"`
	Kind         int        `json:"kind"`
	Start        string     `json:"startTimeUnixNano"`
	End          string     `json:"endTimeUnixNano"`
	Attributes   []keyValue `json:"attributes"`
	Events       []struct {
		Time       string     `json:"timeUnixNano"`
		Name       string     `json:"name"`
		Attributes []keyValue `json:"attributes"`
	} `json:"events"`
	Links []struct {
		TraceID    string     `json:"traceId"`
		SpanID     string     `json:"spanId"`
		Attributes []keyValue `json:"attributes"`
	} `json:"links"`
	Status struct {
		Message string `json:"message"`
		Code    int    `json:"code"`
	} `json:"status"`
}

type scene struct {
	Spans struct {
		ResourceSpans []struct {
			Resource struct {
				Attributes []keyValue `json:"attributes"`
			} `json:"resource"`
			ScopeSpans []struct {
				Scope struct {
					Name    string `json:"name"`
					Version string `json:"version"`
				} `json:"scope"`
				Spans []span `json:"spans"`
			} `json:"scopeSpans"`
		} `json:"resourceSpans"`
	} `json:"spans"`
	Logs      logs      `json:"logs"`
	Bounds    []float64 `json:"bounds"`
	Durations []float64 `json:"durations"`
}

func main() {
	var given scene
	must(json.NewDecoder(os.Stdin).Decode(&given))
	url, gzip := os.Args[1], os.Args[2] == "gzip"
	group := given.Spans.ResourceSpans[0]
	scope := group.ScopeSpans[0].Scope
	from := resource.NewSchemaless(attributesOf(group.Resource.Attributes)...)
	library := instrumentation.Scope{Name: scope.Name, Version: scope.Version}
	stubs := tracetest.SpanStubs{}
	for _, each := range group.ScopeSpans[0].Spans {
		stubs = append(stubs, stubOf(each, from, library))
	}
	sendSpans(url, gzip, stubs.Snapshots())
	sendMetrics(url, gzip, from, library, given)
	sendLogs(url, gzip, from, library, given.Logs.ResourceLogs[0].ScopeLogs[0].LogRecords[0])
}

func sendSpans(url string, gzip bool, spans []sdktrace.ReadOnlySpan) {
	options := []otlptracehttp.Option{otlptracehttp.WithEndpointURL(url + "/v1/traces")}
	if gzip {
		options = append(options, otlptracehttp.WithCompression(otlptracehttp.GzipCompression))
	}
	ctx := context.Background()
	exporter, err := otlptracehttp.New(ctx, options...)
	must(err)
	must(exporter.ExportSpans(ctx, spans))
	must(exporter.Shutdown(ctx))
}

func sendMetrics(url string, gzip bool, from *resource.Resource, library instrumentation.Scope, given scene) {
	options := []otlpmetrichttp.Option{otlpmetrichttp.WithEndpointURL(url + "/v1/metrics")}
	if gzip {
		options = append(options, otlpmetrichttp.WithCompression(otlpmetrichttp.GzipCompression))
	}
	ctx := context.Background()
	exporter, err := otlpmetrichttp.New(ctx, options...)
	must(err)
	reader := sdkmetric.NewPeriodicReader(exporter, sdkmetric.WithInterval(time.Hour))
	provider := sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader), sdkmetric.WithResource(from))
	meter := provider.Meter(library.Name, metric.WithInstrumentationVersion(library.Version))
	tool := metric.WithAttributes(attribute.String("tool", "get_weather"))
	calls, err := meter.Int64Counter("calls", metric.WithUnit("{call}"))
	must(err)
	calls.Add(ctx, 3, tool)
	bounds := metric.WithExplicitBucketBoundaries(given.Bounds...)
	duration, err := meter.Float64Histogram("duration", metric.WithUnit("s"), bounds)
	must(err)
	for _, value := range given.Durations {
		duration.Record(ctx, value, tool)
	}
	must(provider.Shutdown(ctx))
}

func stubOf(given span, from *resource.Resource, library instrumentation.Scope) tracetest.SpanStub {
	stub := tracetest.SpanStub{
		Name:                 given.Name,
		SpanContext:          contextOf(given.TraceID, given.SpanID),
		SpanKind:             trace.SpanKind(given.Kind),
		StartTime:            timeOf(given.Start),
		EndTime:              timeOf(given.End),
		Attributes:           attributesOf(given.Attributes),
		Resource:             from,
		InstrumentationScope: library,
	}
	if given.ParentSpanID != "" {
		stub.Parent = contextOf(given.TraceID, given.ParentSpanID)
	}
	if given.Status.Code == 2 {
		stub.Status = sdktrace.Status{Code: codes.Error, Description: given.Status.Message}
	}
	for _, event := range given.Events {
		stub.Events = append(stub.Events, sdktrace.Event{
			Name: event.Name, Time: timeOf(event.Time), Attributes: attributesOf(event.Attributes),
		})
	}
	for _, link := range given.Links {
		stub.Links = append(stub.Links, sdktrace.Link{
			SpanContext: contextOf(link.TraceID, link.SpanID), Attributes: attributesOf(link.Attributes),
		})
	}
	return stub
}

func contextOf(traceID, spanID string) trace.SpanContext {
	inTrace, err := trace.TraceIDFromHex(traceID)
	must(err)
	of, err := trace.SpanIDFromHex(spanID)
	must(err)
	return trace.NewSpanContext(trace.SpanContextConfig{TraceID: inTrace, SpanID: of, TraceFlags: trace.FlagsSampled})
}

func attributesOf(given []keyValue) []attribute.KeyValue {
	var attributes []attribute.KeyValue
	for _, each := range given {
		attributes = append(attributes, attribute.KeyValue{Key: attribute.Key(each.Key), Value: valueOf(each.Value)})
	}
	return attributes
}

func valueOf(given anyValue) attribute.Value {
	switch {
	case given.StringValue != nil:
		return attribute.StringValue(*given.StringValue)
	case given.BoolValue != nil:
		return attribute.BoolValue(*given.BoolValue)
	case given.DoubleValue != nil:
		return attribute.Float64Value(*given.DoubleValue)
	case given.IntValue != nil:
		return attribute.Int64Value(integerOf(*given.IntValue))
	}
	var texts []string
	for _, each := range given.ArrayValue.Values {
		texts = append(texts, *each.StringValue)
	}
	return attribute.StringSliceValue(texts)
}

func timeOf(nanos string) time.Time {
	return time.Unix(0, integerOf(nanos))
}

func integerOf(text string) int64 {
	number, err := strconv.ParseInt(text, 10, 64)
	must(err)
	return number
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
