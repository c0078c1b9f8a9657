package io.doundo.orchestrator.api.live;

import java.util.concurrent.Executors;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the live stream. */
@Configuration(proxyBeanMethods = false)
class LiveConfiguration {

  @Bean
  LiveThreads liveThreads() {
    return new LiveThreads();
  }

  @Bean
  Feeds liveFeeds() {
    return new Feeds(
        Executors.newSingleThreadScheduledExecutor(LiveThreads.daemons("doundo-live-feeds")));
  }

  @Bean
  Build build() {
    return Build.ofConsole();
  }
}
