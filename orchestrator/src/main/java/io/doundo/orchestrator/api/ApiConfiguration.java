package io.doundo.orchestrator.api;

import io.doundo.protocol.RawJson;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.module.SimpleModule;

/** What the controllers share: threads for what comes after a wait, and how values are written. */
@Configuration(proxyBeanMethods = false)
class ApiConfiguration {

  private static final int THREADS = 4;

  /** Reads flows once a wait is over. */
  @Bean
  ThreadPoolTaskExecutor apiExecutor() {
    ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
    executor.setCorePoolSize(THREADS);
    executor.setMaxPoolSize(THREADS);
    executor.setThreadNamePrefix("doundo-api-");
    executor.setDaemon(true);
    return executor;
  }

  /** Writes to event streams. */
  @Bean(destroyMethod = "shutdownNow")
  ScheduledExecutorService streamExecutor() {
    return Executors.newScheduledThreadPool(
        THREADS,
        task -> {
          Thread thread = new Thread(task, "doundo-streams");
          thread.setDaemon(true);
          return thread;
        });
  }

  /** Payloads and results are passed on as they were written. */
  @Bean
  JacksonModule rawJsonModule() {
    return new SimpleModule("doundo").addSerializer(RawJson.class, new RawJsonSerializer());
  }

  @Bean
  OpenAPI openApi() {
    SpringDocUtils.getConfig().replaceWithClass(RawJson.class, Object.class);
    SpringDocUtils.getConfig().replaceWithClass(JsonNode.class, Object.class);
    return new OpenAPI()
        .info(
            new Info()
                .title("DoUndo")
                .description("Registers orchestrations, starts flows, shows and controls them."));
  }

  private static final class RawJsonSerializer extends ValueSerializer<RawJson> {
    @Override
    public void serialize(RawJson value, JsonGenerator json, SerializationContext context) {
      json.writeRawValue(value.toString());
    }
  }
}
