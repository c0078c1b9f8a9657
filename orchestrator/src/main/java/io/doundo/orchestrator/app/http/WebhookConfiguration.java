package io.doundo.orchestrator.app.http;

import io.doundo.http.HttpWorkerProperties;
import io.doundo.http.WebhookSender;
import io.doundo.orchestrator.app.notify.NotifyProperties;
import io.doundo.orchestrator.notify.delivery.DeliverySender;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Sends notifications over the connections of this process, also where the http worker is disabled
 * because it runs elsewhere.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(HttpWorkerProperties.class)
class WebhookConfiguration {

  @Bean
  WebhookSender webhookSender(
      HttpWorkerProperties properties, SslBundles bundles, MeterRegistry meters) {
    return new WebhookSender(
        properties, name -> bundles.getBundle(name).createSslContext(), meters);
  }

  @Bean
  DeliverySender deliverySender(WebhookSender sender, NotifyProperties properties) {
    return new WebhookDeliveries(sender, properties.timeout());
  }
}
