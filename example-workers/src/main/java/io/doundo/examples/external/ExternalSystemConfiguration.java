package io.doundo.examples.external;

import io.doundo.examples.ExamplesProperties;
import java.io.IOException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Opens the outside world's database. */
@Configuration(proxyBeanMethods = false)
class ExternalSystemConfiguration {

  @Bean
  Store store(ExamplesProperties properties) throws IOException {
    return Store.open(properties.store(), properties.instance());
  }
}
