package io.varve.store.serde;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.SerdeException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Text as UTF-8, strictly. */
final class Utf8Serde implements Serde<String> {
    static final Serde<String> INSTANCE = new Utf8Serde();

    private static final char REPLACEMENT = '\uFFFD';

    private Utf8Serde() {}

    @Override
    public void serialize(String value, BytesWriter out) {
        for (int i = 0; i < value.length(); i++) {
            if (Character.isSurrogate(value.charAt(i))) {
                if (i + 1 == value.length()
                        || !Character.isSurrogatePair(value.charAt(i), value.charAt(i + 1))) {
                    throw new SerdeException(
                            "Text with a lone surrogate has no form in UTF-8: index=" + i,
                            "Mend the text where it comes from; it was probably cut inside a"
                                    + " character.",
                            null);
                }
                i++;
            }
        }
        out.putUtf8(value);
    }

    @Override
    public String deserialize(BytesView in) {
        String text = in.getUtf8(0, in.length());
        // Decoding replaces what is malformed. The search is free for most texts: those in Latin-1
        // cannot
        // hold the replacement, and the JDK knows. Where it is found, it may have been written by
        // hand.
        if (text.indexOf(REPLACEMENT) >= 0
                && !Arrays.equals(text.getBytes(StandardCharsets.UTF_8), in.toByteArray())) {
            throw new SerdeException(
                    "Bytes are not UTF-8: length=" + in.length(),
                    "Read them with the serde that wrote them.",
                    null);
        }
        return text;
    }
}
