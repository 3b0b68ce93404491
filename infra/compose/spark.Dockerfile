# Spark for compose.yaml: Apache's image, and in it the four jars of the connector to Kafka, those that infra/services uses.
FROM maven:3.9.11-eclipse-temurin-17 AS connector
WORKDIR /connector
COPY services.d/spark-connector.pom.xml services.d/spark-connector.sha256 ./
RUN mvn -B -q -C -f spark-connector.pom.xml org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory=jars \
  && cd jars && sha256sum --check --quiet ../spark-connector.sha256

FROM apache/spark:4.2.0-scala2.13-java17-python3-ubuntu
USER root
# New volumes take owner and mode from here.
RUN install -d -o spark -g spark -m 0700 /checkpoints /recovery
COPY --from=connector /connector/jars/ /opt/spark/jars/
COPY services.d/spark-common.conf compose/spark-containers.conf /opt/spark/conf/
COPY services.d/spark-log4j2.properties /opt/spark/conf/log4j2.properties
COPY --chmod=0755 compose/start-spark /opt/spark/start-spark
USER spark
ENTRYPOINT ["/opt/spark/start-spark"]
