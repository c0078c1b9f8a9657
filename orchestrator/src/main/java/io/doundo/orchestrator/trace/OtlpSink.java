package io.doundo.orchestrator.trace;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Exports spans over OTLP, as protobuf over HTTP. Used by one thread. */
public final class OtlpSink implements SpanTail.SpanSink {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private static final int MOST_AT_ONCE = 512;

  private static final InstrumentationScopeInfo SCOPE =
      InstrumentationScopeInfo.create("io.doundo.orchestrator");

  private final OtlpHttpSpanExporter exporter;
  private final Resource resource;

  /**
   * @param endpoint where spans are posted, such as {@code http://localhost:4318/v1/traces}
   * @param headers sent with every request, such as an authorisation
   */
  public OtlpSink(String endpoint, Map<String, String> headers, String serviceName) {
    var builder = OtlpHttpSpanExporter.builder().setEndpoint(endpoint).setTimeout(TIMEOUT);
    headers.forEach(builder::addHeader);
    this.exporter = builder.build();
    this.resource =
        Resource.create(Attributes.of(AttributeKey.stringKey("service.name"), serviceName));
  }

  @Override
  public boolean export(List<TraceSpan> spans) {
    for (int from = 0; from < spans.size(); from += MOST_AT_ONCE) {
      List<TraceSpan> some = spans.subList(from, Math.min(spans.size(), from + MOST_AT_ONCE));
      CompletableResultCode result =
          exporter.export(
              some.stream().<SpanData>map(span -> new Exported(span, resource)).toList());
      if (!result.join(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS).isSuccess()) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    exporter.shutdown().join(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static Attributes attributes(Map<String, String> values) {
    AttributesBuilder attributes = Attributes.builder();
    values.forEach(attributes::put);
    return attributes.build();
  }

  /** A span in the form of the exporter. */
  private record Exported(TraceSpan span, Resource resource) implements SpanData {

    private static SpanContext context(String traceId, String spanId) {
      return SpanContext.create(traceId, spanId, TraceFlags.getSampled(), TraceState.getDefault());
    }

    @Override
    public String getName() {
      return span.name();
    }

    @Override
    public SpanKind getKind() {
      return switch (span.kind()) {
        case PRODUCER -> SpanKind.PRODUCER;
        case INTERNAL -> SpanKind.INTERNAL;
      };
    }

    @Override
    public SpanContext getSpanContext() {
      return context(span.traceId(), span.spanId());
    }

    @Override
    public SpanContext getParentSpanContext() {
      String parent = span.parentId();
      return parent == null ? SpanContext.getInvalid() : context(span.traceId(), parent);
    }

    @Override
    public StatusData getStatus() {
      String error = span.error();
      return error == null ? StatusData.unset() : StatusData.create(StatusCode.ERROR, error);
    }

    @Override
    public long getStartEpochNanos() {
      return TimeUnit.MILLISECONDS.toNanos(span.startMs());
    }

    @Override
    public long getEndEpochNanos() {
      return TimeUnit.MILLISECONDS.toNanos(span.endMs());
    }

    @Override
    public Attributes getAttributes() {
      return attributes(span.attributes());
    }

    @Override
    public List<EventData> getEvents() {
      return span.events().stream()
          .map(
              event ->
                  EventData.create(
                      TimeUnit.MILLISECONDS.toNanos(event.at()),
                      event.name(),
                      attributes(event.attributes())))
          .toList();
    }

    @Override
    public List<LinkData> getLinks() {
      return span.links().stream()
          .map(link -> LinkData.create(context(link.traceId(), link.spanId())))
          .toList();
    }

    @Override
    public boolean hasEnded() {
      return true;
    }

    @Override
    public int getTotalRecordedEvents() {
      return span.events().size();
    }

    @Override
    public int getTotalRecordedLinks() {
      return span.links().size();
    }

    @Override
    public int getTotalAttributeCount() {
      return span.attributes().size();
    }

    @Override
    @SuppressWarnings("deprecation") // The interface has no other way to say it.
    public io.opentelemetry.sdk.common.InstrumentationLibraryInfo getInstrumentationLibraryInfo() {
      return io.opentelemetry.sdk.common.InstrumentationLibraryInfo.empty();
    }

    @Override
    public InstrumentationScopeInfo getInstrumentationScopeInfo() {
      return SCOPE;
    }

    @Override
    public Resource getResource() {
      return resource;
    }
  }
}
