package io.doundo.orchestrator.app.trace;

import io.doundo.orchestrator.app.DoundoProperties;
import io.doundo.orchestrator.app.TraceProperties;
import io.doundo.orchestrator.query.ReadConsumers;
import io.doundo.orchestrator.streams.EngineSettings;
import io.doundo.orchestrator.trace.OtlpSink;
import io.doundo.orchestrator.trace.SpanTail;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Exports traces, if there is somebody to send them to. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(TraceProperties.class)
class TraceConfiguration {

  @Bean
  @ConditionalOnProperty("doundo.traces.endpoint")
  SpanTail spanTail(
      ReadConsumers consumers,
      EngineSettings engine,
      DoundoProperties properties,
      TraceProperties traces) {
    String endpoint = traces.endpoint();
    if (!properties.audit() || endpoint == null) {
      throw new IllegalArgumentException(
          "doundo.traces.endpoint is set, but doundo.audit is off: traces are made from the audit"
              + " log. Enable doundo.audit or remove doundo.traces.endpoint");
    }
    SpanTail tail =
        new SpanTail(
            consumers,
            engine.applicationId() + "-traces",
            engine.traces(),
            new OtlpSink(endpoint, traces.headers(), "doundo"));
    tail.start();
    return tail;
  }
}
