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
        int lone = loneSurrogate(value);
        if (lone >= 0) {
            throw new SerdeException(
                    "Text with a lone surrogate has no form in UTF-8: index=" + lone,
                    "Mend the text where it comes from; it was probably cut inside a character.",
                    null);
        }
        out.putUtf8(value);
    }

    @Override
    public String deserialize(BytesView in) {
        String text = in.getUtf8(0, in.length());
        if (!isExact(text, in, 0, in.length())) {
            throw new SerdeException(
                    "Bytes are not UTF-8: length=" + in.length(),
                    "Read them with the serde that wrote them.",
                    null);
        }
        return text;
    }

    @Override
    public String describe() {
        return "utf8";
    }

    /** The index of the first surrogate that is not half of a pair, or -1. */
    static int loneSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (i + 1 == text.length()
                        || !Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))) {
                    return i;
                }
                i++;
            }
        }
        return -1;
    }

    /** Whether a text that was decoded from there has these bytes, and none was replaced. */
    static boolean isExact(String text, BytesView in, int offset, int length) {
        // Decoding replaces what is malformed. The search is free for most texts: those in Latin-1
        // cannot hold the replacement, and the JDK knows. Where it is found, it may have been
        // written by hand.
        if (text.indexOf(REPLACEMENT) < 0) {
            return true;
        }
        byte[] bytes = new byte[length];
        in.copyTo(offset, bytes, 0, length);
        return Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes);
    }
}
