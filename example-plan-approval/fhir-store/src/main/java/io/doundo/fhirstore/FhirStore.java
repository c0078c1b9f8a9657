package io.doundo.fhirstore;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.StrictErrorHandler;
import ca.uhn.fhir.rest.server.RestfulServer;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.File;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;

/**
 * The FHIR store in this JVM: {@code PORT JDBC-URL [ADDRESS]}. It listens on the loopback interface
 * unless an address is given, and prints {@link #READY} with its own address once it serves. While
 * its database is away, every request is answered with 503.
 */
public final class FhirStore {

  /** Begins the line on standard output that says that clients are served. */
  public static final String READY = "FHIR store ready on ";

  private static final String PATH = "/fhir";
  private static final Duration CONNECTION_LIMIT = Duration.ofSeconds(2);
  private static final int CONNECTIONS = 8;

  private FhirStore() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments.length < 2 || arguments.length > 3) {
      System.err.println("Usage: FhirStore PORT JDBC-URL [ADDRESS]");
      System.exit(2);
    }
    String address = arguments.length == 3 ? arguments[2] : "localhost";
    HikariDataSource database = database(arguments[1]);
    Tomcat tomcat = tomcat(Integer.parseInt(arguments[0]), address, server(database));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(tomcat, database), "stop-store"));
    tomcat.start();
    if (tomcat.getConnector().getLocalPort() < 0) {
      System.err.println("The FHIR store cannot listen on port " + arguments[0] + '.');
      System.exit(1);
    }
    System.out.println(
        READY + "http://" + address + ':' + tomcat.getConnector().getLocalPort() + PATH);
    tomcat.getServer().await();
  }

  /** Connections are made when they are needed, so the database may start later. */
  private static HikariDataSource database(String url) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setMaximumPoolSize(CONNECTIONS);
    config.setMinimumIdle(0);
    config.setInitializationFailTimeout(-1);
    config.setConnectionTimeout(CONNECTION_LIMIT.toMillis());
    config.setValidationTimeout(CONNECTION_LIMIT.toMillis());
    config.addDataSourceProperty("socketTimeout", "30");
    return new HikariDataSource(config);
  }

  private static RestfulServer server(HikariDataSource database) {
    FhirContext context = FhirContext.forR4();
    // What FHIR does not know is refused, not dropped.
    context.setParserErrorHandler(new StrictErrorHandler());
    RestfulServer server = new RestfulServer(context);
    server.setResourceProviders(
        List.of(new InsurancePlanProvider(new PlanTable(database), context)));
    server.setServerName("DoUndo example FHIR store");
    return server;
  }

  private static Tomcat tomcat(int port, String address, RestfulServer server) throws Exception {
    Tomcat tomcat = new Tomcat();
    File base = Files.createTempDirectory("fhir-store").toFile();
    base.deleteOnExit();
    tomcat.setBaseDir(base.getPath());
    Connector connector = new Connector();
    connector.setPort(port);
    connector.setProperty("address", address);
    tomcat.setConnector(connector);
    Context web = tomcat.addContext("", base.getPath());
    Tomcat.addServlet(web, "fhir", server).setLoadOnStartup(1);
    web.addServletMappingDecoded(PATH + "/*", "fhir");
    return tomcat;
  }

  private static void stop(Tomcat tomcat, HikariDataSource database) {
    try {
      tomcat.stop();
      tomcat.destroy();
    } catch (LifecycleException e) {
      System.err.println("The FHIR store did not stop in order: " + e.getMessage());
    }
    database.close();
  }
}
