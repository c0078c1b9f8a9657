package io.doundo.orchestrator.streams.client;

import io.doundo.orchestrator.streams.EngineSettings;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/** Makes admin clients with the settings of the engine. Stateless. */
final class EngineAdmin {

  private EngineAdmin() {}

  static Admin create(EngineSettings settings) {
    return Admin.create(properties(settings));
  }

  /**
   * A client with a name of its own.
   *
   * @param purpose stands behind the application's id
   */
  static Admin create(EngineSettings settings, String purpose) {
    Properties properties = properties(settings);
    properties.put(AdminClientConfig.CLIENT_ID_CONFIG, settings.applicationId() + '-' + purpose);
    return Admin.create(properties);
  }

  private static Properties properties(EngineSettings settings) {
    Properties properties = new Properties();
    settings.clientProperties().forEach(properties::put);
    properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
    return properties;
  }
}
