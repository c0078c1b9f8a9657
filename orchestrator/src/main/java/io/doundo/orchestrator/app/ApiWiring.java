package io.doundo.orchestrator.app;

import io.doundo.orchestrator.api.FlowWaits;
import io.doundo.orchestrator.api.RecordSender;
import io.doundo.orchestrator.api.RegistrationBlockProbe;
import io.doundo.orchestrator.api.dashboard.DashboardSwitch;
import io.doundo.orchestrator.api.dashboard.DashboardTimes;
import io.doundo.orchestrator.api.request.BodyFilter;
import io.doundo.orchestrator.api.v1.AdHocLimit;
import io.doundo.orchestrator.query.ReadConsumers;
import io.doundo.orchestrator.query.definition.RegistrationStatuses;
import io.doundo.orchestrator.query.timeline.FlowWatch;
import io.doundo.orchestrator.registration.ControlPlane;
import io.doundo.orchestrator.registration.RegistrationBlock;
import io.doundo.orchestrator.streams.EngineSettings;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.tomcat.util.buf.EncodedSolidusHandling;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterProperties;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.StrictHttpFirewall;

/** The beans of the service that the API needs. */
@Configuration(proxyBeanMethods = false)
class ApiWiring {

  private static final Duration NOTABLE_HOLD = Duration.ofSeconds(2);

  @Bean
  RecordSender recordSender(DoundoProperties properties) {
    return new RecordSender(() -> producer(properties.kafka()));
  }

  @Bean
  FlowWaits flowWaits(FlowWatch watch) {
    return new FlowWaits(watch);
  }

  @Bean
  RegistrationStatuses registrationStatuses(ReadConsumers consumers) {
    return new RegistrationStatuses(consumers);
  }

  /** A hold that has just begun may be over before anybody could act on it. */
  @Bean
  RegistrationBlockProbe registrationBlockProbe(OrchestratorService service) {
    return () ->
        service
            .controlPlane()
            .flatMap(ControlPlane::block)
            .filter(block -> block.since().isBefore(Instant.now().minus(NOTABLE_HOLD)))
            .map(RegistrationBlock::toString);
  }

  @Bean
  FilterRegistrationBean<BodyFilter> bodyFilter(EngineSettings engine) {
    FilterRegistrationBean<BodyFilter> filter =
        new FilterRegistrationBean<>(new BodyFilter(engine.maxInputBytes()));
    filter.addUrlPatterns("/api/*");
    return filter;
  }

  /** Between the log of calls, which has the path that was asked for, and the access rules. */
  @Bean
  FilterRegistrationBean<DashboardSwitch> dashboardSwitch(DoundoProperties properties) {
    FilterRegistrationBean<DashboardSwitch> filter =
        new FilterRegistrationBean<>(new DashboardSwitch(properties.api().dashboardCompat()));
    filter.addUrlPatterns("/api/*");
    filter.setOrder(SecurityFilterProperties.DEFAULT_FILTER_ORDER - 5);
    return filter;
  }

  @Bean
  DashboardTimes dashboardTimes(DoundoProperties properties) {
    ZoneId zone = properties.api().dashboardZone();
    return new DashboardTimes(zone == null ? ZoneId.systemDefault() : zone);
  }

  @Bean
  AdHocLimit adHocLimit(DoundoProperties properties) {
    return new AdHocLimit(properties.api().adHocDefinitions());
  }

  /**
   * A flowId may be any line of text, so a path may hold slashes of both kinds and percent signs,
   * encoded.
   */
  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> encodedFlowIds() {
    return factory ->
        factory.addConnectorCustomizers(
            connector -> {
              String asItIs = EncodedSolidusHandling.PASS_THROUGH.getValue();
              connector.setEncodedSolidusHandling(asItIs);
              connector.setEncodedReverseSolidusHandling(asItIs);
            });
  }

  /** Innermost, so that it reports before the server's own page does. */
  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> problemsOfTheServer() {
    return factory ->
        factory.addContextCustomizers(
            context -> context.getParent().getPipeline().addValve(new ProblemValve()));
  }

  @Bean
  HttpFirewall httpFirewall() {
    StrictHttpFirewall firewall = new StrictHttpFirewall();
    firewall.setAllowUrlEncodedSlash(true);
    firewall.setAllowUrlEncodedDoubleSlash(true);
    firewall.setAllowBackSlash(true);
    firewall.setAllowUrlEncodedPercent(true);
    firewall.setAllowUrlEncodedPeriod(true);
    firewall.setAllowSemicolon(true);
    return firewall;
  }

  private static Producer<byte[], byte[]> producer(DoundoProperties.Kafka kafka) {
    Map<String, Object> config = new HashMap<>(kafka.properties());
    config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
    config.put(ProducerConfig.CLIENT_ID_CONFIG, "doundo-api");
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000);
    config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000);
    return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }
}
