/** Who there is in the demo, as data. Names are invented; numbers lie in ranges kept for fiction. */

/** What the operator buys: prefix, destination, price a minute at either carrier (or null). */
export const DESTINATIONS = [
  ['1', 'United States and Canada', 3_900_000n, 4_300_000n],
  ['44', 'United Kingdom', 5_200_000n, 4_800_000n],
  ['447', 'United Kingdom mobile', 19_000_000n, 21_000_000n],
  ['49', 'Germany', 6_400_000n, 5_900_000n],
  ['4915', 'Germany mobile', 23_000_000n, 25_500_000n],
  ['4917', 'Germany mobile', 23_000_000n, 25_500_000n],
  ['33', 'France', 6_900_000n, 6_100_000n],
  ['336', 'France mobile', 27_000_000n, null],
  ['39', 'Italy', 7_500_000n, 8_200_000n],
  ['34', 'Spain', 6_800_000n, 7_100_000n],
  ['31', 'Netherlands', 7_000_000n, 6_600_000n],
  ['61', 'Australia', 11_000_000n, 10_400_000n],
  ['91', 'India', 9_800_000n, 12_000_000n],
  ['52', 'Mexico', 8_900_000n, null],
] as const;

export interface DemoCustomer {
  readonly name: string;
  readonly domain: string;
  readonly timeZone: string;
  readonly openingBalance: string;
  readonly creditLimit?: string;
  readonly billedBy?: 'portal' | 'external';
  readonly people: readonly string[];
  /** How busy it is, of the month's calls. */
  readonly weight: number;
  /** Where it calls, by weight: sample numbers in E.164. */
  readonly calls: readonly (readonly [number: string, weight: number])[];
  /** Its own numbers. */
  readonly numbers: readonly string[];
}

export interface DemoReseller {
  readonly name: string;
  readonly owner: readonly [email: string, name: string];
  readonly openingBalance: string;
  readonly timeZone: string;
  /** What it sells at, as a multiple of what it buys at, in per cent. */
  readonly markUpPercent: bigint;
  readonly increments: readonly [first: number, next: number];
  readonly plan: readonly [name: string, price: string];
  readonly customers: readonly DemoCustomer[];
  /** Sells to this one instead of the operator. */
  readonly under?: string;
}

const US_NUMBERS = ['+12125550143', '+13105550177', '+14155550119', '+17735550182', '+16175550136'];
const US_CALLS = US_NUMBERS.map((number) => [number, 10] as const);
const UK_CALLS = [
  ['+442079460321', 12],
  ['+441632960145', 8],
  ['+447700900461', 9],
  ['+447700900877', 5],
] as const;
const EU_CALLS = [
  ['+493023125014', 8],
  ['+4915223433333', 4],
  ['+33199001234', 5],
  ['+33639981234', 2],
  ['+390655512345', 3],
  ['+34910050123', 3],
  ['+31205550123', 4],
] as const;
const FAR_CALLS = [
  ['+61255501234', 3],
  ['+911155501234', 3],
  ['+525555501234', 4],
] as const;

export const RESELLERS: readonly DemoReseller[] = [
  {
    name: 'Northwind Telecom',
    owner: ['nina@northwind.test', 'Nina Walsh'],
    openingBalance: '4200.00',
    timeZone: 'America/New_York',
    markUpPercent: 190n,
    increments: [30, 6],
    plan: ['Business seat', '14.90'],
    customers: [
      {
        name: 'Summit Dental Group',
        domain: 'summit-dental.northwind.test',
        timeZone: 'America/New_York',
        openingBalance: '180.00',
        people: ['Reception', 'Dr. Maya Lin', 'Dr. Omar Haddad', 'Billing desk', 'Back office'],
        weight: 14,
        calls: US_CALLS,
        numbers: ['+12125550101', '+12125550102'],
      },
      {
        name: 'Harrow & Pike Legal',
        domain: 'harrow-pike.northwind.test',
        timeZone: 'America/Chicago',
        openingBalance: '420.00',
        people: ['Front desk', 'June Harrow', 'Walter Pike', 'Paralegals', 'Conference room'],
        weight: 11,
        calls: [...US_CALLS, ...UK_CALLS],
        numbers: ['+13125550160'],
      },
      {
        name: 'Cascade Outfitters',
        domain: 'cascade.northwind.test',
        timeZone: 'America/Denver',
        openingBalance: '95.00',
        people: ['Shop floor', 'Warehouse', 'Tess Moreno', 'Online orders'],
        weight: 9,
        calls: [...US_CALLS, ['+525555501234', 6]],
        numbers: ['+13035550147'],
      },
      {
        name: 'Lakeside Property Care',
        domain: 'lakeside.northwind.test',
        timeZone: 'America/Chicago',
        openingBalance: '60.00',
        people: ['Dispatch', 'On-call van 1', 'On-call van 2', 'Ida Novak'],
        weight: 8,
        calls: US_CALLS,
        numbers: ['+16125550128'],
      },
    ],
  },
  {
    name: 'Bluebird Communications',
    owner: ['ben@bluebird.test', 'Ben Adeyemi'],
    openingBalance: '3100.00',
    timeZone: 'Europe/London',
    markUpPercent: 170n,
    increments: [1, 1],
    plan: ['Cloud extension', '9.50'],
    customers: [
      {
        name: 'Thames Couriers',
        domain: 'thames-couriers.bluebird.test',
        timeZone: 'Europe/London',
        openingBalance: '350.00',
        people: ['Control room', 'Bookings', 'Priya Nair', 'Depot east', 'Depot west'],
        weight: 16,
        calls: UK_CALLS,
        numbers: ['+442079460101', '+442079460102'],
      },
      {
        name: 'Alder Architects',
        domain: 'alder.bluebird.test',
        timeZone: 'Europe/London',
        openingBalance: '210.00',
        people: ['Studio', 'Sofia Alder', 'Tom Baines', 'Site phone'],
        weight: 7,
        calls: [...UK_CALLS, ...EU_CALLS],
        numbers: ['+441632960101'],
      },
      {
        name: 'Rhine Logistics',
        domain: 'rhine.bluebird.test',
        timeZone: 'Europe/Berlin',
        openingBalance: '0',
        creditLimit: '600.00',
        people: ['Disposition', 'Zoll', 'Lena Vogt', 'Jonas Kern', 'Lager'],
        weight: 12,
        calls: EU_CALLS,
        numbers: ['+493023125101'],
      },
      {
        name: 'Quayside Hotel',
        domain: 'quayside.bluebird.test',
        timeZone: 'Europe/London',
        openingBalance: '150.00',
        billedBy: 'external',
        people: ['Reception', 'Night porter', 'Restaurant', 'Housekeeping'],
        weight: 8,
        calls: [...UK_CALLS, ['+33199001234', 4]],
        numbers: ['+441914980142'],
      },
    ],
  },
  {
    name: 'Harbor VoIP',
    owner: ['hana@harbor.test', 'Hana Kim'],
    openingBalance: '900.00',
    timeZone: 'America/New_York',
    markUpPercent: 160n,
    increments: [60, 60],
    plan: ['Seat', '17.00'],
    under: 'Northwind Telecom',
    customers: [
      {
        name: 'Bayview Clinic',
        domain: 'bayview.harbor.test',
        timeZone: 'America/New_York',
        openingBalance: '140.00',
        people: ['Appointments', 'Nurses', 'Dr. Elif Sahin', 'Pharmacy line'],
        weight: 9,
        calls: US_CALLS,
        numbers: ['+17865550154'],
      },
      {
        name: 'Orchid Travel',
        domain: 'orchid.harbor.test',
        timeZone: 'America/New_York',
        openingBalance: '310.00',
        people: ['Desk 1', 'Desk 2', 'Carla Mendes', 'Groups'],
        weight: 9,
        calls: [...US_CALLS, ...EU_CALLS, ...FAR_CALLS],
        numbers: ['+19545550139'],
      },
    ],
  },
];

/** Customers of the operator itself. */
export const DIRECT_CUSTOMERS: readonly DemoCustomer[] = [
  {
    name: 'Granite Insurance',
    domain: 'granite.meridian.test',
    timeZone: 'America/New_York',
    openingBalance: '0',
    creditLimit: '1500.00',
    people: ['Claims', 'New business', 'Mark Odell', 'Ruth Baker', 'Night claims'],
    weight: 12,
    calls: US_CALLS,
    numbers: ['+18605550111'],
  },
  {
    name: 'Meridian Support',
    domain: 'support.meridian.test',
    timeZone: 'America/New_York',
    openingBalance: '75.00',
    people: ['Queue', 'Ana Silva', 'Kofi Mensah'],
    weight: 5,
    calls: [...US_CALLS, ...UK_CALLS],
    numbers: ['+12015550190'],
  },
];

/** Who calls in from outside. */
export const OUTSIDE_CALLERS: readonly string[] = [
  ...US_NUMBERS,
  ...UK_CALLS.map(([number]) => number),
  ...EU_CALLS.map(([number]) => number),
];
