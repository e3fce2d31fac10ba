export default { testEnvironment: "jsdom", transform: {}, injectGlobals: true };
