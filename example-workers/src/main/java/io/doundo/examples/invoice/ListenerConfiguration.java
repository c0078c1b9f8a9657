package io.doundo.examples.invoice;

import io.doundo.examples.Served;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.util.backoff.FixedBackOff;

/** A command whose outcome is unknown is taken once more, as often as it needs. */
@Served("invoiceArchiving")
@Configuration(proxyBeanMethods = false)
class ListenerConfiguration {

  private static final long PAUSE_MS = 1_000;

  @Bean
  CommonErrorHandler errorHandler() {
    return new DefaultErrorHandler(new FixedBackOff(PAUSE_MS, FixedBackOff.UNLIMITED_ATTEMPTS));
  }
}
