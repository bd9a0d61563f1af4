package io.varve.samples.flights;

/** IATA codes: three letters from A to Z, in 15 bits. */
public final class AirportCode {
    private static final int LETTERS = 26;

    /** Every code that was asked for, made once. A race makes one twice, which does no harm. */
    private static final String[] CODES = new String[LETTERS * LETTERS * LETTERS];

    private AirportCode() {}

    /**
     * Packs a code; the order of the numbers is that of the codes.
     *
     * @param code three letters
     * @return 0 to 17,575
     * @throws IllegalArgumentException if it is no such code
     */
    public static int pack(String code) {
        if (code.length() != 3) {
            throw notACode(code);
        }
        int packed = 0;
        for (int i = 0; i < 3; i++) {
            int letter = code.charAt(i) - 'A';
            if (letter < 0 || letter >= LETTERS) {
                throw notACode(code);
            }
            packed = packed * LETTERS + letter;
        }
        return packed;
    }

    /**
     * The code that was packed.
     *
     * @param packed what {@link #pack} returned
     * @return three letters
     */
    public static String unpack(int packed) {
        String code = CODES[packed];
        if (code == null) {
            code =
                    new String(
                            new char[] {letter(packed / 676), letter(packed / 26), letter(packed)});
            CODES[packed] = code;
        }
        return code;
    }

    private static char letter(int number) {
        return (char) ('A' + number % LETTERS);
    }

    private static IllegalArgumentException notACode(String code) {
        return new IllegalArgumentException(
                "An airport code is three letters A to Z: code=" + code);
    }
}
