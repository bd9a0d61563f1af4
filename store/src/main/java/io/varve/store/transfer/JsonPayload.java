package io.varve.store.transfer;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Payloads that can stand in a line of JSON as they are. */
final class JsonPayload {
    private JsonPayload() {}

    static boolean fits(byte[] payload) {
        return isOneLine(payload) && isUtf8(payload) && isJson(payload);
    }

    private static boolean isOneLine(byte[] payload) {
        for (byte b : payload) {
            if (b >= 0 && b < ' ') {
                return false;
            }
        }
        int last = payload.length - 1;
        // JSON begins in ASCII. Parsers pass over a byte order mark, but not within a line.
        return last >= 0 && payload[0] > ' ' && payload[last] != ' ';
    }

    private static boolean isUtf8(byte[] payload) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload));
            return true;
        } catch (CharacterCodingException e) {
            return false; // that is the question
        }
    }

    private static boolean isJson(byte[] payload) {
        try (JsonParser parser = JsonFactories.PAYLOADS.createParser(payload)) {
            if (parser.nextToken() == null) {
                return false;
            }
            parser.skipChildren();
            parser.finishToken();
            return parser.nextToken() == null;
        } catch (IOException e) {
            return false; // that is the question
        }
    }
}
