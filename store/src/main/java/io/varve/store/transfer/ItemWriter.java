package io.varve.store.transfer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.varve.store.EventHeaders;
import io.varve.store.RecordedEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** Turns items into bytes. One thread at a time. */
final class ItemWriter {
    private final TransferFormat format;
    private final JsonFactory factory;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    ItemWriter(TransferFormat format) {
        this.format = format;
        this.factory = JsonFactories.of(format);
    }

    byte[] write(Item item) throws IOException {
        bytes.reset();
        try (JsonGenerator out = factory.createGenerator(bytes)) {
            out.writeStartObject();
            if (item instanceof Item.Header header) {
                header(header, out);
            } else if (item instanceof Item.Event event) {
                event(event.event(), out);
            } else if (item instanceof Item.Trailer trailer) {
                trailer(trailer, out);
            }
            out.writeEndObject();
        }
        if (format == TransferFormat.JSON_LINES) {
            bytes.write('\n');
        }
        return bytes.toByteArray();
    }

    private static void header(Item.Header header, JsonGenerator out) throws IOException {
        out.writeStringField("varve", "events");
        out.writeNumberField("format", Item.FORMAT);
        out.writeStringField("store", header.store().toString());
        out.writeNumberField("incarnation", header.incarnation());
        out.writeNumberField("head", header.head());
        out.writeStringField("chain", HexFormat.of().toHexDigits(header.chain()));
    }

    private static void trailer(Item.Trailer trailer, JsonGenerator out) throws IOException {
        out.writeStringField("varve", "end");
        out.writeNumberField("events", trailer.events());
        out.writeStringField("sha256", trailer.sha256());
    }

    private void event(RecordedEvent event, JsonGenerator out) throws IOException {
        out.writeNumberField("position", event.position());
        out.writeObjectFieldStart("stream");
        out.writeStringField("category", event.stream().category());
        out.writeStringField("key", event.stream().key());
        out.writeEndObject();
        out.writeNumberField("version", event.version());
        out.writeStringField("type", event.type());
        out.writeNumberField("eventTime", event.eventTimeMillis());
        out.writeNumberField("commitTime", event.commitTimeMillis());
        headers(event.headers(), out);
        payload(event.payload(), out);
    }

    private static void headers(EventHeaders headers, JsonGenerator out) throws IOException {
        if (headers.eventId().isPresent()) {
            out.writeStringField("eventId", headers.eventId().get().toString());
        }
        if (headers.correlation().isPresent()) {
            out.writeStringField("correlation", headers.correlation().get());
        }
        if (headers.causation().isPresent()) {
            out.writeStringField("causation", headers.causation().get());
        }
        if (!headers.user().isEmpty()) {
            out.writeObjectFieldStart("headers");
            for (Map.Entry<String, String> entry : new TreeMap<>(headers.user()).entrySet()) {
                out.writeStringField(entry.getKey(), entry.getValue());
            }
            out.writeEndObject();
        }
    }

    private void payload(byte[] payload, JsonGenerator out) throws IOException {
        if (format == TransferFormat.CBOR) {
            out.writeBinaryField("payload", payload);
        } else if (JsonPayload.fits(payload)) {
            out.writeFieldName("payload");
            out.writeRawValue("");
            out.flush();
            bytes.write(payload);
        } else {
            out.writeBinaryField("base64", payload);
        }
    }
}
