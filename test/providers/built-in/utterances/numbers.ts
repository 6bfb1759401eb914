import type { Utterance } from "#test/providers/built-in/driver.ts";

export const NUMBERS: readonly Utterance[] = [
  [
    "how long does 2 kW need to heat 1.5 l of water from 15 to 100 °C",
    [["calculate", { expression: "1.5 kg * 4186 J/(kg K) * (100 - 15) K / (2 kW) to s" }]],
  ],
  [
    "How long for 2 kW to boil 1.5 L from 15 C",
    [["calculate", { expression: "1.5 kg * 4186 J/(kg K) * (100 - 15) K / (2 kW) to s" }]],
  ],
  [
    "how long does a 2000W kettle take to boil 1 litre of water from 20C",
    [["calculate", { expression: "1 kg * 4186 J/(kg K) * (100 - 20) K / (2000 W) to s" }]],
  ],
  [
    "how much energy to heat 80 l of water from 12 to 60 °C",
    [["calculate", { expression: "80 kg * 4186 J/(kg K) * (60 - 12) K to kWh" }]],
  ],
  [
    "what power do I need to heat 10 l of water from 15 to 60 °C in 20 minutes",
    [["calculate", { expression: "10 kg * 4186 J/(kg K) * (60 - 15) K / (1200 s) to kW" }]],
  ],
  [
    "wie lange brauchen 2 kW um 1,5 l Wasser von 15 auf 100 Grad zu erhitzen",
    [["calculate", { expression: "1.5 kg * 4186 J/(kg K) * (100 - 15) K / (2 kW) to s" }]],
  ],
  [
    "how long to boil 2 cups of water from 60 F with 1200 W",
    [["calculate", { expression: "0.473176473 kg * 4186 J/(kg K) * (212 - 60) * 5 / 9 K / (1200 W) to s" }]],
  ],
  ["boil 1 l of water with 1 kW", [["calculate", { expression: "1 kg * 4186 J/(kg K) * (100 - 20) K / (1 kW) to s" }]]],
  ["how long does it take to drive 350 km at 100 km/h", [["calculate", { expression: "350 km / (100 km/h) to s" }]]],
  [
    "how much fuel for 450 km at 7.5 l/100km and 1.80 per litre",
    [
      ["calculate", { expression: "450 km * 7.5 l / (100 km) to l" }],
      ["calculate", { expression: "(450 km * 7.5 l / (100 km)) * 1.8 / (1 l)" }],
    ],
  ],
  ["how far do I get in 2 hours at 90 km/h", [["calculate", { expression: "90 km/h * 2 h to km" }]]],
  ["average speed for 42 km in 3 h 30 min", [["calculate", { expression: "42 km / (3 h + 30 minutes) to km/h" }]]],
  ["fuel consumption with 38 l for 520 km", [["calculate", { expression: "38 / 520 * 100" }]]],
  ["fuel for 300 miles at 30 mpg", [["calculate", { expression: "300 miles / (30 mile/gallon) to gallons" }]]],
  [
    "15% tip on 84.50 split 4 ways",
    [
      ["calculate", { expression: "84.5 * 15 / 100" }],
      ["calculate", { expression: "84.5 * (1 + 15 / 100)" }],
      ["calculate", { expression: "84.5 * (1 + 15 / 100) / 4" }],
    ],
  ],
  [
    "add 19% VAT to 250",
    [
      ["calculate", { expression: "250 * (1 + 19 / 100)" }],
      ["calculate", { expression: "250 * 19 / 100" }],
    ],
  ],
  [
    "25% off 80",
    [
      ["calculate", { expression: "80 * (1 - 25 / 100)" }],
      ["calculate", { expression: "80 * 25 / 100" }],
    ],
  ],
  [
    "remove 19% VAT from 119 €",
    [
      ["calculate", { expression: "119 / (1 + 19 / 100)" }],
      ["calculate", { expression: "119 - 119 / (1 + 19 / 100)" }],
    ],
  ],
  ["split 126.40 between 4 people", [["calculate", { expression: "126.4 / 4" }]]],
  ["compound interest on 1000 at 5% for 10 years", [["calculate", { expression: "1000 * (1 + 5 / 100)^10" }]]],
  [
    "monthly payment for 200000 at 4% over 30 years",
    [
      ["calculate", { expression: "200000 * (4 / 1200) / (1 - (1 + 4 / 1200)^(-12 * 30))" }],
      ["calculate", { expression: "12 * 30 * 200000 * (4 / 1200) / (1 - (1 + 4 / 1200)^(-12 * 30))" }],
    ],
  ],
  ["100 EUR in USD at 1.08", [["calculate", { expression: "100 * 1.08" }]]],
  ["what percent of 80 is 20", [["calculate", { expression: "20 / 80 * 100" }]]],
  ["20 is what percent of 80", [["calculate", { expression: "20 / 80 * 100" }]]],
  ["increase 80 by 15%", [["calculate", { expression: "80 * (1 + 15 / 100)" }]]],
  [
    "2+2 and then multiply it by 3",
    [
      ["calculate", { expression: "2 + 2" }],
      ["calculate", { expression: "(42 km) * 3" }],
    ],
  ],
  [
    "2+2; 3*4; 5 miles in km",
    [
      ["calculate", { expression: "2 + 2" }],
      ["calculate", { expression: "3 * 4" }],
      ["calculate", { expression: "5 miles to km" }],
    ],
  ],
  ["Please calculate 12 * (3 + 4)", [["calculate", { expression: "12 * (3 + 4)" }]]],
  ["what's 15 percent of 200?", [["calculate", { expression: "15% of 200" }]]],
  ["Can you tell me what 3/4 of 60 is", [["calculate", { expression: "3 / 4 * 60" }]]],
  ["half of 90", [["calculate", { expression: "0.5 * 90" }]]],
  ["5 plus 7 times 2", [["calculate", { expression: "5 + 7 * 2" }]]],
  ["5 ft 10 in to cm", [["calculate", { expression: "(5 foot + 10 inch) to cm" }]]],
  ["100 F to C", [["calculate", { expression: "100 degF to degC" }]]],
  ["37.5 celsius in fahrenheit", [["calculate", { expression: "37.5 degC to degF" }]]],
  ["2 h 30 min in minutes", [["calculate", { expression: "(2 h + 30 minutes) to minutes" }]]],
  ["500 kcal in kJ", [["calculate", { expression: "500 kcal to kJ" }]]],
  ["1 gallon in litres", [["calculate", { expression: "1 gallon to l" }]]],
  ["60 mph in km/h", [["calculate", { expression: "60 mile/h to km/h" }]]],
  ["what is 60 miles per hour in km/h", [["calculate", { expression: "60 mile/h to km/h" }]]],
  ["how many cups in a litre", [["calculate", { expression: "1 l to cups" }]]],
  ["how many days are in 6 weeks", [["calculate", { expression: "6 weeks to days" }]]],
  ["3 GB / 50 Mbit/s in minutes", [["calculate", { expression: "3 GB / (50 Mb/s) to minutes" }]]],
  ["sqrt(2)", [["calculate", { expression: "sqrt(2)" }]]],
  ["2^16", [["calculate", { expression: "2^16" }]]],
  ["17 mod 5", [["calculate", { expression: "17 mod 5" }]]],
  ["sum of 3, 4 and 5", [["calculate", { expression: "sum(3, 4, 5)" }]]],
  ["average of 10, 20 and 60", [["calculate", { expression: "mean(10, 20, 60)" }]]],
  [
    "calculate:\n2+2\n3*4",
    [
      ["calculate", { expression: "2 + 2" }],
      ["calculate", { expression: "3 * 4" }],
    ],
  ],
  ["1,500 * 1.19", [["calculate", { expression: "1500 * 1.19" }]]],
  ["wie viele Minuten sind 3 Stunden", [["calculate", { expression: "3 h to minutes" }]]],
  ["was ist 15 Prozent von 80", [["calculate", { expression: "15% of 80" }]]],
  ["12 km in Meilen", [["calculate", { expression: "12 km to miles" }]]],
  ["rechne 3 * 4", [["calculate", { expression: "3 * 4" }]]],
  ["$80 + 20%", [["calculate", { expression: "80 + 20%" }]]],
  ["20% of 80 euros", [["calculate", { expression: "20% of 80" }]]],
  ["what is 100 divided by 7", [["calculate", { expression: "100 / 7" }]]],
  ["12 squared", [["calculate", { expression: "12^2" }]]],
  ["cube root of 27", [["calculate", { expression: "cbrt(27)" }]]],
  ["convert 72 kg to lb", [["calculate", { expression: "72 kg to lb" }]]],
  ["convert 1 acre to m2", [["calculate", { expression: "1 acre to m2" }]]],
  ["split 90 among 3 people", [["calculate", { expression: "90 / 3" }]]],
  [
    "20 percent off 59.99",
    [
      ["calculate", { expression: "59.99 * (1 - 20 / 100)" }],
      ["calculate", { expression: "59.99 * 20 / 100" }],
    ],
  ],
  [
    "tip 18% on $42",
    [
      ["calculate", { expression: "42 * 18 / 100" }],
      ["calculate", { expression: "42 * (1 + 18 / 100)" }],
    ],
  ],
  [
    "net of 119 including 19% VAT",
    [
      ["calculate", { expression: "119 / (1 + 19 / 100)" }],
      ["calculate", { expression: "119 - 119 / (1 + 19 / 100)" }],
    ],
  ],
  ["simple interest on 500 at 3% for 2 years", [["calculate", { expression: "500 * (1 + 3 / 100 * 2)" }]]],
  [
    "loan of 10000 at 6% for 5 years monthly payment",
    [
      ["calculate", { expression: "10000 * (6 / 1200) / (1 - (1 + 6 / 1200)^(-12 * 5))" }],
      ["calculate", { expression: "12 * 5 * 10000 * (6 / 1200) / (1 - (1 + 6 / 1200)^(-12 * 5))" }],
    ],
  ],
  ["add 5 and 7", [["calculate", { expression: "5 + 7" }]]],
  ["100 - 7%", [["calculate", { expression: "100 - 7%" }]]],
  ["what is 7% of 1,234.50", [["calculate", { expression: "7% of 1234.50" }]]],
  [
    "2+2, then multiply it by 3",
    [
      ["calculate", { expression: "2 + 2" }],
      ["calculate", { expression: "(42 km) * 3" }],
    ],
  ],
  [
    "12.5 miles in km, then convert it to m",
    [
      ["calculate", { expression: "12.5 miles to km" }],
      ["calculate", { expression: "(42 km) to m" }],
    ],
  ],
  [
    "how far is a train after 2 h 15 min at 120 km/h",
    [["calculate", { expression: "120 km/h * (2 h + 15 minutes) to km" }]],
  ],
  ["how long to walk 5 km at 4.5 km/h", [["calculate", { expression: "5 km / (4.5 km/h) to s" }]]],
  ["what pace is 10 km in 50 min", [["calculate", { expression: "50 minutes / 10 to s" }]]],
  [
    "heat 200 l of water by 30 degrees with 3 kW",
    [["calculate", { expression: "200 kg * 4186 J/(kg K) * 30 K / (3 kW) to s" }]],
  ],
  [
    "how long does it take 1.8 kW to bring 1.7 l to a boil",
    [["calculate", { expression: "1.7 kg * 4186 J/(kg K) * (100 - 20) K / (1.8 kW) to s" }]],
  ],
  ["wie viel ist 3 mal 4", [["calculate", { expression: "3 * 4" }]]],
  ["convert 5 km/h to m/s", [["calculate", { expression: "5 km/h to m/s" }]]],
  ["how many grams in an ounce", [["calculate", { expression: "1 oz to g" }]]],
  ["3 tbsp in ml", [["calculate", { expression: "3 tablespoons to ml" }]]],
  ["what's 1/3 of 90", [["calculate", { expression: "1 / 3 * 90" }]]],
  ["how tall is 180 cm in feet", [["calculate", { expression: "180 cm to foot" }]]],
  ["speed of 10 km in 45 minutes", [["calculate", { expression: "10 km / 45 minutes to km/h" }]]],
  ["what is 72 degrees fahrenheit in celsius", [["calculate", { expression: "72 degF to degC" }]]],
  ["sin(30 degrees)", [["calculate", { expression: "sin(30 deg)" }]]],
  ["1 mile in km", [["calculate", { expression: "1 mile to km" }]]],
  ["1 day in hours", [["calculate", { expression: "1 day to h" }]]],
];
