export default { ssr: false, prerender: ["/", "/callback"] };
